internal import ArgumentParser
internal import Exploration
internal import PoolModel
internal import TraceViews

/// `pooltrace minimize`: shrinks a schedule that fails to the fewest delays.
struct MinimizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize",
        abstract: "Reduce a failing schedule to the few tasks whose order matters.",
        usage: "pooltrace minimize [<options>] <schedule> -- <command> ...",
        discussion: """
            Every order of tasks is first in, first out with some delays: a task waits until another has run. Delays are left out of the schedule, \
            half of them, a quarter of them and so on, while the program still fails in the same way, until none can be \
            left out (delta debugging). The result is run twenty times, written as a schedule, and described in a sentence.

            \(ExitTable.minimize)

            EXAMPLES:
              pooltrace minimize rare.schedule -- ./checker data
              pooltrace minimize --save minimal.schedule rare.schedule -- ./checker data
            """)

    @Argument(help: "The schedule.", completion: .file())
    var schedule: String

    @Option(help: ArgumentHelp("Write the smaller schedule to this file.", valueName: "file"), completion: .file())
    var save: String?

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "Output format: text, on standard error, or json, on standard output (schema pooltrace.minimize, version 1)."
    )
    var format = OutputFormat.text

    func run() async throws {
        try await options.run(named: "minimize") { folder, notice in
            let minimization = try Minimization(ScheduleFile.read(schedule), trials: options.trials(in: folder))
            let progress = Progress(notice)
            var symptom: Symptom?
            let outcome = try await minimization.run { news in
                switch news {
                case .fails(let wanted):
                    symptom = wanted
                    notice.say("the schedule fails: \(TerminalText.escape(wanted.description))")
                case .execution(let number, let delays):
                    progress.show("\(Counted.text(delays, "delay")), execution \(number)")
                }
            }
            progress.end()
            return try tell(outcome, symptom, in: folder, notice)
        }
    }

    private func tell(
        _ outcome: Minimization.Outcome, _ symptom: Symptom?, in folder: String, _ notice: Recording.Notice
    ) throws -> ForegroundProgram.Status {
        switch outcome {
        case .interrupted(let signal): return .signalled(signal)
        case .noPool:
            notice.warn("the program created no pool and no async task, so it cannot follow a schedule")
        case .passes(let account):
            notice.warn("the program passes under this schedule, so there is nothing to reduce; \(account)")
        case .unsteady:
            notice.warn(
                "the program does not fail again in the same order, so it depends on more than the order; `pooltrace verify` finds what differs"
            )
        case .shrunk(let shrunk):
            let file = save ?? "\(folder)/minimal.schedule"
            try ScheduleFile.write(shrunk.schedule, to: file)
            notice.say(
                "reduced \(Counted.text(shrunk.before, "delay")) to \(shrunk.delays.count) in "
                    + "\(Counted.text(shrunk.executions, "execution")); the result failed in "
                    + "\(shrunk.confirmed) of \(Minimization.confirmations) further executions")
            notice.put("\n\(shrunk.sentence)\n\n")
            notice.next(schedule: file, nil, options, isFailure: false)
            format.write(ResultDocument(symptom, shrunk, file: file))
            return .own(shrunk.confirmed == Minimization.confirmations ? .success : .failure)
        }
        format.write(ResultDocument(symptom))
        return .own(.failure)
    }
}
