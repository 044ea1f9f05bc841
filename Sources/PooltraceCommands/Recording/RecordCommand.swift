internal import ArgumentParser
internal import Exploration
internal import Glibc
internal import LTTngSession
internal import PoolModel

/// `pooltrace record`: the same as `run`, captured by LTTng.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Run a program and record its pools with LTTng.",
        usage: "pooltrace record [<options>] -- <command> ...",
        discussion: """
            The events of all its processes go to one LTTng trace. A running session daemon is used; otherwise one is started for the time \
            of the recording. No session and no daemon is left behind; the next recording removes those of a killed one.

            Without --output the trace is written below $XDG_STATE_HOME/pooltrace (~/.local/state/pooltrace), as with `pooltrace run`.

            \(ExitTable.record)

            EXAMPLES:
              pooltrace record -- ./checker data
              pooltrace record --output session --workers 4 -- ./checker data
              babeltrace2 session
            """)

    @OptionGroup
    var program: ProgramOptions

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Directory to write the trace to: a new or an empty one.", valueName: "directory"),
        completion: .directory)
    var directory: String?

    func run() async throws {
        try Recording.exit { notice in
            try ProgramError.check(program.command.first ?? "")
            let provider = try OwnFolder.path(of: "libPoolTraceLTTng.so", "the provider library")
            if !SessionDaemon.isRunning, PrivateRunDirectory.canEnter {
                // Comes back here in a process that is the same except for its view of /run/lttng.
                try PrivateRunDirectory.enter(arguments: CommandLine.arguments)
            }
            ForegroundProgram.holdSignals()
            let directory = try TraceDirectory.make(directory, program: ProgramName.of(program.command))
            let status = try notice.unlessStarted(removing: directory) {
                let daemon = SessionDaemon.isRunning ? nil : try SessionDaemon()
                defer { daemon?.stop() }
                for session in try RecordingSession.removeStale() {
                    notice.say("removed the LTTng session \(TerminalText.escape(session)), whose owner had died")
                }
                return try record(into: directory, provider: provider, notice)
            }
            return notice.end(
                of: status, program: ProgramName.of(program.command), directory: directory, isByLTTng: true)
        }
    }

    private func record(
        into directory: String, provider: String, _ notice: Recording.Notice
    ) throws -> ForegroundProgram.Status {
        let session = try RecordingSession(directory: directory)
        // However this ends, the session does not stay.
        let status: ForegroundProgram.Status
        do {
            try session.start()
            status = try ForegroundProgram.run(program.command, environment: environment(provider: provider))
        } catch {
            try? session.destroy()
            throw error
        }
        do {
            // The program has run: what fails from here on is said, and does not change its exit status.
            try session.stop()
            let discarded = try session.discardedEvents()
            if discarded > 0 {
                notice.warn(
                    "LTTng discarded \(discarded) events because its buffers were full; `pooltrace run` records without that limit"
                )
            }
        } catch {
            notice.warn("\(error)")
        }
        do { try session.destroy() } catch { notice.warn("\(error)") }
        return status
    }

    /// The provider library is loaded ahead of the program, so that it need not be where a program would look for it.
    private func environment(provider: String) -> [String: String] {
        var environment = program.environment
        environment["POOLTRACE_LTTNG"] = "on"
        let others = getenv("LD_PRELOAD").map { ":" + String(cString: $0) } ?? ""
        environment["LD_PRELOAD"] = provider + others
        return environment
    }
}
