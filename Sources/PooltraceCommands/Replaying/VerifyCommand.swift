internal import ArgumentParser
internal import CommandSystem
internal import Exploration
internal import PoolModel
internal import PoolSchedule
internal import TraceViews

/// `pooltrace verify`: whether a program's serial runs are all alike.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a program does the same in two serial runs.",
        usage: "pooltrace verify [<options>] -- <command> ...",
        discussion: """
            Only then can it be replayed. Runs the program twice in serial mode and compares the runs step by step. If they differ, says \
            at which task, and looks for the cause: runs the program again with fixed hash order, then with fixed addresses, random \
            numbers and wall clock, and looks for threads that are not controlled.

            \(ExitTable.verify)

            EXAMPLES:
              pooltrace verify -- ./checker data
              pooltrace verify --strategy random --seed 7 -- ./checker data
            """)

    @Option(help: ArgumentHelp("Strategy that picks the next task: \(StrategyName.choices).", valueName: "name"))
    var strategy = StrategyName.fifo

    @Option(help: "Seed for the random strategies (default: 1).", transform: { try Quantity.number($0) })
    var seed: UInt64 = 1

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "Output format: text, on standard error, or json, on standard output (schema pooltrace.verify, version 1)."
    )
    var format = OutputFormat.text

    func run() async throws {
        try await options.run(named: "verify") { folder, notice in
            let trials = try options.trials(in: folder)
            let verification = Verification(trials: trials, strategy: strategy, seed: seed)
            switch try await verification.run() {
            case .interrupted(let signal): return .signalled(signal)
            case .noPool:
                notice.warn("the program created no pool and no async task, so there is nothing to compare")
                format.write(ResultDocument(alike: nil, steps: nil))
            case .endings(let first, let second, let steps):
                let difference =
                    "both runs took the same \(Counted.text(steps, "step")); then one \(first.description) and the other "
                    + second.description
                notice.warn(difference)
                format.write(ResultDocument(alike: false, steps: steps, description: difference))
            case .alike(let steps, let uncontrolled, let symptom):
                let more =
                    uncontrolled > 0 ? ". \(Sentences.notControlled(uncontrolled == 2 ? "both" : "one of them"))" : ""
                notice.say("both runs are the same: \(Counted.text(steps, "step")) under \(strategy)\(more)")
                if let symptom { notice.warn("in both \(TerminalText.escape(symptom.description))") }
                format.write(ResultDocument(alike: true, steps: steps))
                if options.directory == nil { SystemDirectory.remove(folder) }
                return .own(.success)
            case .differ(let difference):
                notice.warn(difference.sentence)
                let cause = try await verification.cause(of: difference)
                notice.say(cause.sentence)
                format.write(
                    ResultDocument(
                        alike: false, steps: difference.steps, description: difference.sentence, cause: cause))
                for (label, gap, result) in [
                    ("first", "     ", difference.first), ("second", "    ", difference.second),
                ] {
                    let trace = TerminalText.escape(ShellWord.quoted(result.prefix + ".trace"))
                    notice.put("\(notice.style.dim(label))\(gap)pooltrace events --no-times \(trace)\n")
                }
            }
            return .own(.failure)
        }
    }
}
