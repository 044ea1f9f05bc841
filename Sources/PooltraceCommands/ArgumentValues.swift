public import ArgumentParser
internal import Exploration
public import PoolModel
public import PoolSchedule
public import TraceAnalysis
public import TraceViews

// Values of other modules as words of the command line. What is public there is so as a word, too.

extension StrategyName: ExpressibleByArgument {
    /// Reads what a person typed.
    public init?(argument: String) { self.init(argument) }
}

extension Debugger: ExpressibleByArgument {}

extension FrameDetail: ExpressibleByArgument {}

extension ExportFormat: ExpressibleByArgument {}

extension RunDifference.Aspect: ExpressibleByArgument {}

extension TaskQuery.Key: ExpressibleByArgument {
    /// All of them, for help.
    static var choices: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension TaskEntry.State: ExpressibleByArgument {
    /// How they are typed, for help, completions and errors.
    public static var allValueStrings: [String] {
        allCases.map { $0.rawValue.split(separator: " ").joined(separator: "-") }
    }

    /// Reads a state as `--state` takes it, with `-` between its words.
    public init?(argument: String) { self.init(rawValue: argument.split(separator: "-").joined(separator: " ")) }
}
