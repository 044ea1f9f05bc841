internal import ArgumentParser
internal import CommandSystem
internal import PoolModel
internal import RingAccess
internal import TraceViews

/// `pooltrace snapshot`: copies a ring that a process may be writing to.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Copy the ring of a running process, or the folder it records into, to a trace that stays.",
        discussion: """
            A ring that is being written is no trace that other tools can read: its oldest packets are used again under \
            them. The copy is. The process is neither stopped nor told.

            The ring in memory of a process can be read by the user that runs it, and by root. Those of its worker \
            processes are copied with it, each into a folder of its own: one trace.

            \(ExitTable.snapshot)

            EXAMPLES:
              pooltrace snapshot 4711 --output now
              pooltrace snapshot runs/checker-1 --output now && pooltrace view now
            """)

    @Argument(help: "A folder that is recorded into, or the number of a process.", completion: .directory)
    var source: String

    @Option(name: .shortAndLong, help: "The folder to make.", completion: .directory)
    var output: String

    /// Copies, and prints what was copied and the command that shows it.
    mutating func run() throws {
        let rings = try ring(of: source)
        var packets = 0
        if rings.count == 1, rings[0].name.isEmpty {
            packets = try RingCopy(folder: output).copy(rings[0].ring)
        } else {
            // One folder for each process that recorded there.
            try RingCopy.makeFolder(output)
            for (name, ring) in rings {
                packets += try RingCopy(folder: "\(output)/\(name.isEmpty ? "first" : name)").copy(ring)
            }
        }
        print("\(TerminalText.escape(output)): \(Counted.text(packets, "packet")) of \(TerminalText.escape(source))")
        print("pooltrace view \(TerminalText.escape(ShellWord.quoted(output)))")
    }

    private func ring(of source: String) throws -> [(name: String, ring: any LiveRing)] {
        let folders = FolderRing.rings(in: source)
        if !folders.isEmpty { return folders }
        if let process = Int32(source), process > 0 { return try MemoryRing.rings(of: process) }
        throw SystemError(
            source,
            "expected a folder that a ring is recorded into, with `metadata` and packets, or a process's number")
    }
}
