internal import ArgumentParser
internal import Exploration
internal import PoolModel
internal import TraceViews

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

            \(ExitTable.minimize)

            EXAMPLES:
              pooltrace minimize rare.schedule -- ./checker data
              pooltrace minimize --save minimal.schedule rare.schedule -- ./checker data
            """)

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

    func run() async throws {
        try await options.run(named: "minimize") { folder, notice in
            let minimization = Minimization(try ScheduleFile.read(schedule), trials: options.trials(in: folder))
            let progress = Progress(notice)
            var symptom: Symptom?
            let outcome = try await minimization.run { news in
                switch news {
                case .fails(let wanted):
                    symptom = wanted
                    notice.say("it fails: \(TerminalText.escape(wanted.description))")
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
            notice.warn("the program made no pool, so a schedule means nothing to it")
        case .passes:
            notice.warn("the program passes under this schedule: there is nothing to shrink")
        case .unsteady:
            notice.warn(
                "it does not fail again in the same order: the program does not depend on the order alone; pooltrace verify finds out what differs"
            )
        case .shrunk(let shrunk):
            let file = save ?? "\(folder)/minimal.schedule"
            try ScheduleFile.write(shrunk.schedule, to: file)
            notice.say(
                "\(Counted.text(shrunk.before, "delay")) became \(shrunk.delays.count) in "
                    + "\(Counted.text(shrunk.executions, "execution")); it failed in "
                    + "\(shrunk.confirmed) of \(Minimization.confirmations) more")
            notice.put("\n\(shrunk.sentence)\n\n")
            notice.next(schedule: file, trace: nil, again: options.again, isFailure: false)
            format.write(ResultDocument(symptom, shrunk, file: file))
            return .own(shrunk.confirmed == Minimization.confirmations ? .success : .failure)
        }
        format.write(ResultDocument(symptom))
        return .own(.failure)
    }
}
