internal import ArgumentParser
internal import PoolModel
internal import PoolSchedule

/// What `run` and `record` share: the program, and how its pools are to run.
struct ProgramOptions: ParsableArguments {
    @Flag(help: "Run one task at a time, in a reproducible order.")
    var serial = false

    @Option(
        help: ArgumentHelp(
            "Strategy that picks the next task of a serial run: \(StrategyName.choices); see 'pooltrace help schedules' (default: fifo).",
            valueName: "strategy"),
        transform: { text in
            guard let strategy = StrategyName(text) else {
                throw ValidationError("expected \(StrategyName.choices); found '\(text)'")
            }
            return strategy
        })
    var strategy: StrategyName?

    @Option(
        help: "Seed for random, delays and pct; the same seed gives the same order.",
        transform: { try Quantity.number($0) })
    var seed: UInt64?

    @Option(
        help: "Number of workers in each pool, instead of the program's own.",
        transform: { try Quantity.number($0, in: 1...4096) })
    var workers: Int?

    @Option(
        help: ArgumentHelp(
            "Run only this task, such as main.3, and the tasks that it waits for, serially; all others are cancelled. Failure reports show the paths of tasks.",
            valueName: "path"))
    var only: String?

    @Argument(parsing: .postTerminator, help: "The program and its arguments.", completion: .file())
    var command: [String]

    func validate() throws {
        if let only, TaskPath(only) == nil {
            throw ValidationError(
                "'--only \(TerminalText.escape(only))': expected the path of a task, such as main.3.1 or main.2[17]")
        }
        if seed != nil, let strategy, !strategy.takesSeed {
            throw ValidationError("'--seed' requires '--strategy random', delays or pct, found \(strategy)")
        }
    }

    /// A seed asks for the random strategy, a strategy or one task for a serial run.
    var isSerial: Bool { serial || strategy != nil || seed != nil || only != nil }

    /// The variables that tell the program's pools of it.
    var environment: [String: String] {
        var variables: [String: String] = [:]
        if isSerial {
            let strategy = strategy ?? (seed == nil ? nil : .random)
            variables["POOLTRACE_MODE"] = "serial" + (strategy.map { ":\($0)" } ?? "")
        }
        if let seed { variables["POOLTRACE_SEED"] = String(seed) }
        if let workers { variables["POOLTRACE_WORKERS"] = String(workers) }
        if let only { variables["POOLTRACE_ONLY"] = only }
        return variables
    }
}
