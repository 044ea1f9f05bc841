public import ArgumentParser
import PoolModel
import PoolRecorder
import PoolSchedule

/// PoolTrace's options for a program whose command line swift-argument-parser reads.
///
/// ```swift
/// struct Check: ParsableCommand {
///     @OptionGroup(title: "Pool") var pool: PoolOptions
///     @Argument var directories: [String]
/// }
/// ```
///
/// Nothing else is needed: they are in force as soon as they have been read, on top of the environment, for every pool
/// of the process. The command that failure reports print is then without them.
public struct PoolOptions: ParsableArguments {
    @Flag(help: "Run one task at a time, in a reproducible order.")
    private var serial = false

    @Option(
        help: ArgumentHelp(
            "Strategy that picks the next task: \(StrategyName.choices). Implies --serial.", valueName: "name"),
        completion: .list(["fifo", "lifo", "random", "delays", "pct", "inline", "one-thread"]))
    private var strategy: String?

    @Option(
        help: ArgumentHelp("Seed for the random strategies. Implies --strategy random.", valueName: "number"),
        transform: { try Quantity.number($0) })
    private var seed: UInt64?

    @Option(
        help: ArgumentHelp("Number of workers in each pool.", valueName: "number"),
        transform: { try Quantity.number($0, in: Settings.allowedWorkers) })
    private var workers: Int?

    @Option(
        help: ArgumentHelp("Record the run into this directory.", valueName: "directory"), completion: .directory)
    private var trace: String?

    @Option(
        help: ArgumentHelp(
            "Run only this task, such as main.3, with its parents and the tasks it waits for. Implies --serial.",
            valueName: "path"))
    private var only: String?

    @Option(
        help: ArgumentHelp(
            "Run one task at a time, in the order of this schedule, written by pooltrace explore or replay.",
            valueName: "file"),
        completion: .file())
    private var replay: String?

    @Option(
        help: ArgumentHelp(
            "Stop before the body of this task, such as main.3, if the program runs in a debugger.", valueName: "path"))
    private var breakAt: String?

    /// Creates options with nothing set.
    public init() {}

    /// Checks the options and puts them in force; the parser calls it.
    ///
    /// - Throws: `ValidationError`, for which the program exits with status 64; `SettingsError` if a pool has been made
    ///   already.
    public mutating func validate() throws {
        try Settings.adopt(settings(over: Settings.current))
    }

    /// Settings as these options change them.
    func settings(over base: Settings) throws -> Settings {
        var settings = base
        if let mode = try mode(over: base.mode) { settings.mode = mode }
        if let seed { settings.seed = seed }
        if let workers { settings.workers = workers }
        if let trace {
            guard !trace.isEmpty else { throw ValidationError("--trace: expected a directory, found an empty value") }
            settings.trace = trace
        }
        if let only { settings.only = try path(only, of: "--only") }
        if let breakAt { settings.breakAt = try path(breakAt, of: "--break-at") }
        if let replay {
            guard !replay.isEmpty else { throw ValidationError("--replay: expected a file, found an empty value") }
            settings.replay = replay
        }
        return settings
    }

    private func path(_ text: String, of option: String) throws -> String {
        guard TaskPath(text) != nil else {
            throw ValidationError(
                "\(option) \(text): expected a task's path as reports show it, such as main.3 or main.2[17]")
        }
        return text
    }

    /// The mode that they ask for; nil: they leave it as it is.
    private func mode(over base: Settings.Mode) throws -> Settings.Mode? {
        if let strategy {
            guard let name = StrategyName(strategy) else {
                throw ValidationError("--strategy \(strategy): expected one of \(StrategyName.choices)")
            }
            guard seed == nil || name.takesSeed else {
                throw ValidationError(
                    "--seed requires --strategy random, delays or pct, found --strategy \(strategy)")
            }
            return .serial(strategy: name)
        }
        if seed != nil { return .serial(strategy: .random) }
        guard serial || only != nil else { return nil }
        if case .serial = base { return base }
        return .serial(strategy: .fifo)
    }
}
