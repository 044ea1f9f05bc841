internal import ArgumentParser
internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import RingAccess
internal import TraceViews

/// `pooltrace snapshot`: copies a ring that a process may be writing to.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Save the events that a running process has recorded so far as a trace.",
        discussion: """
            Other tools cannot read a ring that is being written, because its oldest packets are overwritten while they \
            read. They can read the copy. The process is not stopped, and does not notice.

            The ring in memory of a process can be read by the user that runs it and by root. The rings of its worker \
            processes are copied with it, each into a directory of its own, as one trace.

            \(ExitTable.snapshot)

            EXAMPLES:
              pooltrace snapshot 4711 --output now
              pooltrace snapshot runs/checker-1 --output now && pooltrace view now
            """)

    @Argument(help: "A directory being recorded to, or a process ID.", completion: .directory)
    var source: String

    @Option(name: .shortAndLong, help: "Directory to create.", completion: .directory)
    var output: String

    /// Copies, and prints what was copied and the command that shows it.
    mutating func run() throws {
        let rings = try ring(of: source)
        var packets = 0
        if rings.count == 1, rings[0].name.isEmpty {
            packets = try RingCopy(folder: output).copy(rings[0].ring)
        } else {
            // One directory for each process that recorded there.
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
        do throws(SystemError) { _ = try SystemDirectory.entries(of: source) } catch  where error.code == EACCES {
            throw error
        } catch {}
        throw SystemError(
            source,
            "expected a directory being recorded to, with `metadata` and packets, or a process ID")
    }
}
