import Foundation

/// A host's process, seen from the driver: does a round when told to, and sleeps at its standard input in between.
final class HostProcess {
    let host: Host
    private let process = Process()
    private let commands = Pipe()
    private let answers = Pipe()
    private var received = Data()
    /// Where the session of an LTTng host is reported.
    private let log: String

    init(_ host: Host, places: Places) throws {
        self.host = host
        log = "\(places.scratch)/\(host.name).log"
        let own = CommandLine.arguments[0]
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchError("\(own): its own executable was not found")
        }
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--host"]
        if host.hasLTTngSession { try runInSession(program, places: places) }
        process.environment = environment(program, places: places)
        process.standardInput = commands
        process.standardOutput = answers
        try process.run()
    }

    private func environment(_ program: String, places: Places) -> [String: String] {
        var variables = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("POOLTRACE_") && !$0.key.hasPrefix("LTTNG_")
        }
        variables.merge(host.environment) { $1 }
        variables[Places.productsVariable] = places.products
        variables[Places.peersVariable] = places.peers
        variables[Places.scratchVariable] = places.scratch
        if host.recordsIntoFolder {
            let folder = "\(places.scratch)/\(host.name)"
            variables[Places.folderVariable] = folder
            if !host.preloadsRecorder { variables["POOLTRACE_TRACE"] = folder }
        }
        if host.preloadsRecorder {
            let folder = URL(fileURLWithPath: program).deletingLastPathComponent().path
            variables["LD_PRELOAD"] = folder + "/libBenchPreloaded.so"
        }
        if host.hasLTTngSession {
            variables.merge(SessionDaemonScript.environment(home: "\(places.scratch)/lttng-home")) { $1 }
        }
        return variables
    }

    // MARK: Rounds

    /// Has the process do one round of a row.
    func round(_ row: Row) throws -> Sample {
        try commands.fileHandleForWriting.write(contentsOf: Data("\(row.id)\n".utf8))
        let line = try nextLine()
        let answer = try JSONDecoder().decode(Answer.self, from: line)
        if let sample = answer.sample { return sample }
        throw BenchError(answer.problem ?? "no reason was given")
    }

    private func nextLine() throws -> Data {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[received.startIndex..<end]
                received = Data(received[received.index(after: end)...])
                return Data(line)
            }
            let bytes = answers.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw BenchError("the process ended. \(lastWords)") }
            received += bytes
        }
    }

    /// Ends the process and returns what is to be said about it.
    func end() -> String? {
        try? commands.fileHandleForWriting.close()
        process.waitUntilExit()
        return host.hasLTTngSession ? lastWords : nil
    }

    private var lastWords: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").last.map(String.init) ?? ""
    }
}

// MARK: - LTTng

extension HostProcess {
    /// Has the process run beside a session daemon that it alone sees.
    ///
    /// The session is a flight recorder of the ring's size: its buffers wrap as the ring does, no consumer reads
    /// meanwhile, and nothing is discarded. The shell ends the daemon when the process has ended, which it does when
    /// its standard input closes.
    private func runInSession(_ program: String, places: Places) throws {
        let home = "\(places.scratch)/lttng-home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let command = SessionDaemonScript.command(Self.script, [program, log], isRoot: geteuid() == 0)
        process.executableURL = URL(fileURLWithPath: command.program)
        process.arguments = command.arguments
    }

    /// Arguments: the program, and the log, whose last line is the outcome.
    private static let script = """
        {
            lttng --no-sessiond create bench --snapshot --output="$HOME/snapshot" &&
                lttng --no-sessiond enable-channel --userspace --overwrite --subbuf-size=1M --num-subbuf=16 ring &&
                lttng --no-sessiond enable-event --userspace --channel=ring 'pooltrace:*' &&
                lttng --no-sessiond start
        } >>"$log" 2>&1 </dev/null || give_up "the session was not made"
        "$1" --host
        lttng --no-sessiond snapshot record >>"$log" 2>&1 </dev/null
        kept=$(du -sk "$HOME/snapshot" 2>/dev/null | cut -f1)
        lttng --no-sessiond destroy bench >>"$log" 2>&1 </dev/null
        kill "$daemon"
        wait "$daemon"
        echo "the LTTng session held ${kept:-0} KiB of events at the end" >>"$log"
        """
}
