import ArgumentParser
import Glibc
import PoolModel
import PoolSchedule
import TraceAnalysis

/// `pooltrace replay`: a recorded run again, on one thread, in the same order.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a program again on one thread, in the order of a recorded run or a schedule.",
        usage: "pooltrace replay [<options>] <recorded> -- <command> ...",
        discussion: """
            A schedule, as explore, minimize and replay write them, is followed step by step, once, with the program on this terminal.

            A trace of a parallel run does not say which of two tasks that ran at the same time was the first to do what mattered. So the \
            program is run in several orders that could have been: by the tasks' starts, by their ends, then at random among those that \
            ran at the same time, until it fails as the recorded run did, or passes as it did. What it prints is kept in files. The order \
            that did it is left as a schedule. A trace of a serial run has one order.

            A race inside a task, between two instructions, does not show when one task runs at a time: then no order does it.

            With --debugger the program then runs in a debugger, in that order, and stops before the body of the task that failed, or of \
            the one that --break-at names.

            EXIT STATUS: for a schedule that of the program, as with run. For a trace 0 if the run came about again; 1 if no order did \
            it; 125 if pooltrace failed, 126 or 127 if the program cannot be run, 64 for wrong usage. 65: the program left the schedule, \
            under --strict, or does not match it.

            EXAMPLES:
              pooltrace replay rare.schedule -- ./checker data
              pooltrace replay runs/checker-1 -- ./checker data
              pooltrace replay --debugger gdb runs/checker-1 -- ./checker data
              pooltrace replay --debugger gdb --break-at main.3 rare.schedule -- ./checker
              pooltrace replay --tries 500 --save rare.schedule runs/checker-1 -- ./checker
            """)

    @Argument(help: "A schedule, or the folder of a trace.", completion: .file())
    var recorded: String

    @Option(help: ArgumentHelp("How many orders of a parallel run to try.", valueName: "number"))
    var tries = 100

    @Option(help: ArgumentHelp("Where to write the schedule that did it.", valueName: "file"), completion: .file())
    var save: String?

    @Option(help: ArgumentHelp("Run the program in a debugger: gdb or lldb.", valueName: "debugger"))
    var debugger: Debugger?

    @Option(
        help: ArgumentHelp("Before the body of which task the debugger stops: main.3, say.", valueName: "path"))
    var breakAt: String?

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "For a trace, how to write what came of it on standard output: json (schema pooltrace.replay, version 1), or text: only on standard error."
    )
    var format = OutputFormat.text

    @Flag(help: "Stop where the program leaves the order.")
    var strict = false

    @Argument(parsing: .postTerminator, help: "The program and its arguments.", completion: .file())
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("expected the program to run, after --") }
        if breakAt != nil, debugger == nil { throw ValidationError("'--break-at' is for '--debugger'") }
        if let breakAt, TaskPath(breakAt) == nil {
            throw ValidationError("'--break-at \(breakAt)' is not the path of a task, like main.3.1 or main.2[17]")
        }
        if tries < 1 { throw ValidationError("'--tries' must be at least 1, not \(tries)") }
    }

    func run() async throws {
        var status = stat()
        let isFolder = stat(recorded, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        if !isFolder, format == .json {
            throw ValidationError(
                "'--format json' is for the folder of a trace: with a schedule standard output is the program's")
        }
        ForegroundProgram.holdSignals()
        try await Recording.exit { notice in
            let folder = try TraceDirectory.make(options.directory, program: ProgramName.of(command))
            return isFolder
                ? try await replayTrace(in: folder, notice) : try replaySchedule(in: folder, notice)
        }
    }

    // MARK: A schedule

    private func replaySchedule(in folder: String, _ notice: Recording.Notice) throws -> ForegroundProgram.Status {
        let schedule = try notice.unlessStarted(removing: folder) { try ScheduleFile.read(recorded) }
        let status = try notice.unlessStarted(removing: folder) {
            try run(inOrderOf: recorded, traceIn: folder, breakAt: breakAt)
        }
        let runs = (try? RunReader.read(folder).runs) ?? []
        notice.say(Self.account(of: schedule, runs))
        if options.pin.pin { notice.say(options.pin.pinning.account(for: command[0])) }
        notice.end(of: status, program: ProgramName.of(command), directory: folder)
        return status
    }

    /// Runs the program on this terminal, in the debugger if one is asked for.
    private func run(
        inOrderOf schedule: String, traceIn folder: String, breakAt: String?
    ) throws -> ForegroundProgram.Status {
        var variables = try Preload().environment(for: command[0])
        variables["POOLTRACE_REPLAY"] = schedule
        variables["POOLTRACE_DIVERGENCE"] = strict ? "strict" : "resync"
        variables["POOLTRACE_TRACE"] = folder
        variables["POOLTRACE_BREAK_AT"] = breakAt
        variables = try options.pin.pinning.environment(over: variables)
        guard let debugger else { return try ForegroundProgram.run(command, environment: variables) }
        let (words, own) = debugger.start(command, variables)
        return try ForegroundProgram.run(words, environment: own)
    }

    /// How much of a schedule came about.
    private static func account(of schedule: Schedule, _ runs: [Run]) -> String {
        guard let run = runs.first(where: { $0.programName == schedule.program.name }) else {
            return "no process of this run was \(TerminalText.escape(schedule.program.name)), which the schedule is of"
        }
        let known = Set(schedule.tasks.map(\.number))
        let met = run.tasks.entries.count { known.contains($0.number) && $0.isShown }
        let diverged = run.divergences.isEmpty ? "followed to the end" : "not followed everywhere, see above"
        return "the schedule was \(diverged): \(met) of its \(known.count) tasks came"
    }

    // MARK: A trace

    private func replayTrace(
        in folder: String, _ notice: Recording.Notice
    ) async throws -> ForegroundProgram.Status {
        let recordedRun = try notice.unlessStarted(removing: folder) { try readTrace(notice) }
        let wanted = Symptom.all(recordedRun)
        let what = wanted.first.map { TerminalText.escape($0.description) } ?? "it passes"
        notice.say("the recorded run: \(what)")
        let trials = Trials(
            trial: options.trial(of: command), folder: folder,
            divergence: strict ? "strict" : "resync")
        var attempts = 0
        let progress = Progress(notice)
        for schedule in Self.orders(of: recordedRun, tries) {
            attempts += 1
            progress.show("order \(attempts) of at most \(recordedRun.steps.isEmpty ? tries : 1)")
            let result = try await trials.follow(schedule, as: "try-\(attempts)")
            guard result.ending != .interrupted else { break }
            let isSame =
                wanted.isEmpty
                ? result.hasPassed
                : result.symptoms.contains { symptom in wanted.contains { $0.matches(symptom) } }
            guard isSame else {
                Trials.remove(result)
                continue
            }
            progress.end()
            let file = try tell(result, schedule, attempt: attempts, wanted: wanted, notice)
            write(wanted, tried: attempts, cameAgain: true, schedule: file)
            guard debugger != nil else { return .exited(0) }
            let failed = result.run?.failures.min { $0.number < $1.number }?.path
            return try run(inOrderOf: file, traceIn: "\(folder)/debugged.trace", breakAt: breakAt ?? failed)
        }
        progress.end()
        if let signal = ForegroundProgram.interruption { return .signalled(signal) }
        write(wanted, tried: attempts, cameAgain: false, schedule: nil)
        let orders = attempts == 1 ? "the one order" : "\(attempts) orders"
        notice.warn(
            "the recorded run did not come about again in \(orders): it may need a race inside a task, between two instructions, which "
                + "does not show when one task runs at a time")
        notice.put("\(notice.style.dim("explore"))   pooltrace explore \(options.pin.again(command))\n")
        notice.put(
            "\(notice.style.dim("races"))     swift run --sanitize=thread, for a race between two instructions\n")
        return .exited(1)
    }

    private func readTrace(_ notice: Recording.Notice) throws -> Run {
        let reading = try RunReader.read(recorded)
        for damage in reading.damage { notice.warn(TerminalText.escape(damage)) }
        let runs = reading.runs.filter { !$0.isEmpty }
        let name = ProgramName.of(command)
        guard let run = runs.first(where: { $0.programName == name }) ?? runs.first else {
            throw Recording.Failure("\(TerminalText.escape(recorded)): holds no run of a program with pools")
        }
        if run.programName != name {
            throw Recording.Failure(
                "\(TerminalText.escape(recorded)): is a run of \(TerminalText.escape(run.programName)), expected one of "
                    + TerminalText.escape(name))
        }
        if run.loss.overwritten > 0 {
            notice.warn(
                "the beginning of the run is not in the trace (\(run.loss.overwritten) events were overwritten): record it with "
                    + "pooltrace run, which keeps more")
        }
        return run
    }

    /// Orders in which the tasks of a run may have done what they did, the likeliest first.
    private static func orders(of run: Run, _ tries: Int) -> some Sequence<Schedule> {
        let failure = Symptom.all(run).first?.description ?? ""
        if !run.steps.isEmpty {
            let seed = run.process.map { $0.strategy + ($0.seed == 0 ? "" : ", seed \($0.seed)") } ?? ""
            return AnySequence([run.schedule(origin: seed, failure: failure)])
        }
        return AnySequence(
            (0..<tries).lazy.map { attempt in
                let order: Linearization =
                    attempt == 0 ? .starts : attempt == 1 ? .ends : .random(seed: UInt64(attempt))
                return run.schedule(order, failure: failure)
            })
    }

    /// - Returns: The file of the schedule.
    private func tell(
        _ result: Trials.Result, _ schedule: Schedule, attempt: Int, wanted: [Symptom], _ notice: Recording.Notice
    ) throws -> String {
        // What happened in the end is a simpler order than the one that led to it: without the steps that never came.
        let followed = result.run.map { $0.schedule(origin: schedule.origin, failure: schedule.failure) } ?? schedule
        let file = save ?? "\(result.prefix).schedule"
        try ScheduleFile.write(followed, to: file)
        let what = wanted.isEmpty ? "it passes again" : "it fails again in the same way"
        notice.say("\(what), on one thread, in order \(attempt) (\(TerminalText.escape(schedule.origin)))")
        if !wanted.isEmpty { notice.put(result.report(notice.style)) }
        notice.next(
            schedule: file, trace: result.hasReports && !wanted.isEmpty ? nil : result.prefix + ".trace",
            again: options.pin.again(command), isFailure: !wanted.isEmpty)
        return file
    }
}

extension Recording.Notice {
    /// The commands to type next.
    ///
    /// - Parameters:
    ///   - trace: Nil where a report has named it.
    ///   - again: What follows the schedule in a command that runs the program.
    func next(schedule: String, trace: String?, again: String, isFailure: Bool) {
        let file = TerminalText.escape(ShellWord.quoted(schedule))
        put("\(style.dim("again"))     pooltrace replay \(file) \(again)\n")
        if isFailure { put("\(style.dim("shrink"))    pooltrace minimize \(file) \(again)\n") }
        if let trace {
            put("\(style.dim("view"))      pooltrace view \(TerminalText.escape(ShellWord.quoted(trace)))\n")
        }
    }
}
