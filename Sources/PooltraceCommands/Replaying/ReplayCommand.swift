internal import ArgumentParser
internal import Exploration
internal import Glibc
internal import PoolModel
internal import PoolSchedule
internal import TraceAnalysis

/// `pooltrace replay`: a recorded run again, one task at a time, in the same order.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a program again, one task at a time, in the order of a recorded run or a schedule.",
        usage: "pooltrace replay [<options>] <recorded> -- <command> ...",
        discussion: """
            A schedule, which explore, minimize and replay write, is followed once, step by step; the program runs on this terminal.

            The trace of a parallel run does not say which of two tasks that ran at the same time acted first. So the \
            program is run in several possible orders: by the tasks' starts, by their ends, then at random among those that \
            ran at the same time, until it fails as the recorded run did, or passes as it did. A task that waited for others is split \
            at its waits. If the recorded run failed, every second order after the tenth is a random one that also interrupts tasks \
            at other points. The program's output is kept in files. The order that reproduced the run is written as a schedule. A \
            trace of a serial run has one order.

            Because one task runs at a time, a failure that needs a switch between two instructions (an atomic, a free lock) is not \
            reproduced. With --races a data race is: ThreadSanitizer reports it although one task runs at a time.

            With --debugger the program then runs in a debugger, in that order, and stops before the body of the failed task, or of \
            the one that --break-at names.

            \(ExitTable.replay)

            EXAMPLES:
              pooltrace replay rare.schedule -- ./checker data
              pooltrace replay runs/checker-1 -- ./checker data
              pooltrace replay --debugger gdb runs/checker-1 -- ./checker data
              pooltrace replay --debugger gdb --break-at main.3 rare.schedule -- ./checker
              pooltrace replay --tries 500 --save rare.schedule runs/checker-1 -- ./checker
            """)

    @Argument(help: "A schedule, or the directory of a trace.", completion: .file())
    var recorded: String

    @Option(
        help: ArgumentHelp("Number of orders of a parallel run to try (default: 100).", valueName: "number"),
        transform: { try Quantity.number($0, in: 1...Int.max) })
    var tries = 100

    @Option(help: ArgumentHelp("Write the reproducing schedule to this file.", valueName: "file"), completion: .file())
    var save: String?

    @Option(help: ArgumentHelp("Run the program in a debugger: gdb or lldb.", valueName: "debugger"))
    var debugger: Debugger?

    @Option(
        help: ArgumentHelp("Stop the debugger before the body of this task, such as main.3.", valueName: "path"))
    var breakAt: String?

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "Output format for a trace: text, on standard error, or json, on standard output (schema pooltrace.replay, version 1)."
    )
    var format = OutputFormat.text

    @Flag(help: "Stop if the program leaves the order.")
    var strict = false

    func validate() throws {
        // What is not there is said when it is read.
        if format == .json, isFolder == false {
            throw ValidationError(
                "'--format json' requires a trace: with a schedule the program itself writes to standard output")
        }
        if breakAt != nil, debugger == nil { throw ValidationError("'--break-at' requires '--debugger'") }
        if let breakAt, TaskPath(breakAt) == nil {
            throw ValidationError(
                "'--break-at \(breakAt)': expected the path of a task, such as main.3.1 or main.2[17]")
        }
    }

    func run() async throws {
        let isTrace = isFolder == true
        try await options.run { folder, notice in
            isTrace ? try await replayTrace(in: folder, notice) : try replaySchedule(in: folder, notice)
        }
    }

    /// Whether what was recorded is the directory of a trace, and not a schedule; nil if it is not there.
    private var isFolder: Bool? {
        var status = stat()
        return stat(recorded, &status) == 0 ? status.st_mode & S_IFMT == S_IFDIR : nil
    }

    private var divergence: DivergenceHandling { strict ? .strict : .resync }

    private func replay() throws -> ScheduleReplay {
        ScheduleReplay(
            command: options.command, workers: options.workers, pinning: options.pin.pinning,
            races: try options.races.races(for: options.command[0]), divergence: divergence, debugger: debugger)
    }

    private func replaySchedule(in folder: String, _ notice: Recording.Notice) throws -> ForegroundProgram.Status {
        let schedule = try ScheduleFile.read(recorded)
        let status = try replay().run(inOrderOf: recorded, traceIn: folder, breakAt: breakAt)
        let runs = (try? RunReader.read(folder).runs) ?? []
        if let run = runs.first(where: { $0.programName == schedule.program.name }),
            let sentence = run.otherCommand(than: schedule)
        {
            notice.warn(sentence)
        }
        notice.say(ScheduleReplay.account(of: schedule, runs))
        if options.pin.pin == true { notice.say(options.pin.pinning.account(for: options.command[0])) }
        let exit = notice.end(of: status, program: ProgramName.of(options.command), directory: folder)
        guard !ScheduleReplay.matches(schedule, runs), case .exited = status else { return exit }
        notice.warn("the schedule does not match this program: none of its tasks ran")
        return .own(.otherTasks)
    }

    private func replayTrace(in folder: String, _ notice: Recording.Notice) async throws -> ForegroundProgram.Status {
        let run = try TraceReplay.run(of: ProgramName.of(options.command), in: recorded) { notice.warn($0) }
        let trials = try options.trials(in: folder, divergence: divergence)
        let search = TraceReplay(run, trials: trials, tries: tries)
        notice.say(
            "the recorded run "
                + (search.wanted.first.map { "failed: " + TerminalText.escape($0.description) } ?? "did not fail"))
        let progress = Progress(notice)
        let (found, attempts) = try await search.run {
            progress.end()
            notice.warn($0)
        } _: {
            progress.show("order \($0) of at most \(search.mostOrders)")
        }
        progress.end()
        if let found {
            let file = save ?? "\(found.result.prefix).schedule"
            try ScheduleFile.write(found.schedule, to: file)
            notice.tell(found, isFailure: !search.wanted.isEmpty, schedule: file, options)
            format.write(ResultDocument(search.wanted.first, orders: attempts, cameAgainIn: file))
            guard debugger != nil else { return .own(.success) }
            let failed = found.result.run?.failures.min { $0.number < $1.number }?.path
            return try replay().run(inOrderOf: file, traceIn: "\(folder)/debugged.trace", breakAt: breakAt ?? failed)
        }
        if let signal = ForegroundProgram.interruption { return .signalled(signal) }
        notice.tellNothingFound(attempts: attempts, options)
        format.write(ResultDocument(search.wanted.first, orders: attempts, cameAgainIn: nil))
        return .own(.failure)
    }
}
