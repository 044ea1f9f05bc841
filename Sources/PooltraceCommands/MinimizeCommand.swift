import ArgumentParser
import Glibc
import PoolModel
import PoolSchedule
import TraceAnalysis
import TraceViews

/// `pooltrace minimize`: shrinks a schedule that fails to the fewest delays.
struct MinimizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize",
        abstract: "Shrink a schedule that fails to the few tasks whose order matters.",
        usage: "pooltrace minimize [<options>] <schedule> -- <command> ...",
        discussion: """
            Any order is first in, first out, but for some delays: this task waits until that one has run. The delays of the schedule are \
            left out, half of them, a quarter of them and so on, as long as the program still fails in the same way, until none can be \
            left out (delta debugging). What is left is run twenty times, written as a schedule, and said in a sentence.

            EXIT STATUS: 0 if it was shrunk; 1 if the schedule does not fail, or not always; 125 if pooltrace failed, 126 or 127 if the \
            program cannot be run, 64 for wrong usage.

            EXAMPLES:
              pooltrace minimize rare.schedule -- ./checker data
              pooltrace minimize --save minimal.schedule rare.schedule -- ./checker data
            """)

    /// How often the result has to fail.
    static let confirmations = 20

    @Argument(help: "The schedule.", completion: .file())
    var schedule: String

    @Option(help: ArgumentHelp("Where to write the smaller schedule.", valueName: "file"), completion: .file())
    var save: String?

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "How to write what came of it on standard output: json (schema pooltrace.minimize, version 1), or text: only on standard error."
    )
    var format = OutputFormat.text

    @Argument(parsing: .postTerminator, help: "The program and its arguments.", completion: .file())
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("expected the program to run, after --") }
    }

    func run() async throws {
        ForegroundProgram.holdSignals()
        try await Recording.exit { notice in
            let folder = try TraceDirectory.make(options.directory, program: ProgramName.of(command) + "-minimize")
            return try await notice.unlessStarted(removing: folder) { try await minimize(in: folder, notice) }
        }
    }

    private func minimize(in folder: String, _ notice: Recording.Notice) async throws -> ForegroundProgram.Status {
        let given = try ScheduleFile.read(schedule)
        let trials = Trials(trial: options.trial(of: command), folder: folder)
        let progress = Progress(notice)
        let whole = try await trials.follow(given, as: "given")
        if let signal = ForegroundProgram.interruption { return .signalled(signal) }
        guard let wanted = whole.symptoms.first, let run = whole.run else {
            notice.warn(
                whole.runs.isEmpty
                    ? "the program made no pool, so a schedule means nothing to it"
                    : "the program passes under this schedule: there is nothing to shrink")
            if format == .json { write(whole.symptoms.first, nil) }
            return .exited(1)
        }
        notice.say("it fails: \(TerminalText.escape(wanted.description))")
        let all = run.scheduleDelays
        var executions = 0
        func fails(_ delays: [Schedule.Delay], as name: String = "smaller") async throws -> Bool {
            if ForegroundProgram.interruption != nil { return false }
            executions += 1
            progress.show("\(Counted.text(delays.count, "delay")), execution \(executions)")
            let result = try await trials.follow(
                run.schedule(.delays(delays), origin: given.origin, failure: wanted.description), as: name)
            defer { Trials.remove(result) }
            return result.symptoms.contains(wanted)
        }
        guard try await fails(all) else {
            progress.end()
            if let signal = ForegroundProgram.interruption { return .signalled(signal) }
            notice.warn(
                "it does not fail again in the same order: the program does not depend on the order alone; pooltrace verify finds out what differs"
            )
            if format == .json { write(wanted, nil) }
            return .exited(1)
        }
        let least = try await Minimizer.minimize(all) { try await fails($0) }
        var confirmed = 0
        for _ in 0..<Self.confirmations where try await fails(least) { confirmed += 1 }
        progress.end()
        if let signal = ForegroundProgram.interruption { return .signalled(signal) }
        let smaller = run.schedule(.delays(least), origin: given.origin, failure: wanted.description)
        let file = save ?? "\(folder)/minimal.schedule"
        try ScheduleFile.write(smaller, to: file)
        notice.say(
            "\(Counted.text(all.count, "delay")) became \(least.count) in \(Counted.text(executions, "execution")); it failed in "
                + "\(confirmed) of \(Self.confirmations) more")
        notice.put("\n\(Self.sentence(least, of: run))\n\n")
        let name = TerminalText.escape(ShellWord.quoted(file))
        notice.put("\(notice.style.dim("again"))     pooltrace replay \(name) \(options.pin.again(command))\n")
        if format == .json {
            let shrunk = Shrunk(
                before: all.count, delays: least, executions: executions, confirmed: confirmed, schedule: file)
            write(wanted, shrunk)
        }
        return .exited(confirmed == Self.confirmations ? 0 : 1)
    }

    /// Which task has to run after which.
    static func sentence(_ delays: [Schedule.Delay], of run: Run) -> String {
        Sentences.fails(delays.map { (text($0.delayed, of: run), text($0.until, of: run)) })
    }

    private static func text(_ part: TaskPart, of run: Run) -> String {
        let entry = run.tasks.position(of: part.task).map { run.tasks.entries[$0] }
        let name = entry.flatMap { run.name(of: $0) }.map { " \"\($0)\"" } ?? ""
        let site = entry.flatMap { run.site(of: $0) }.map { " (submitted at \($0) in \($0.function))" } ?? ""
        let segment =
            run.isThread(part.task)
            ? " (after its wait \(part.segment + 1))"
            : part.segment == 0 ? "" : " (from its suspension \(part.segment) on)"
        return TerminalText.escape("\(run.path(ofTask: part.task))\(name)\(segment)\(site)")
    }
}
