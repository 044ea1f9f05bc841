import ArgumentParser
import PoolTrace
import PoolTraceArguments

/// The command line.
struct Bugs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bugs",
        abstract: "Small programs, each with a bug that shows only if its tasks run in certain orders.",
        discussion: """
            Each works in most runs. Exit status: 0 if it did; 1 if it failed, with the reason on standard error. A program that hangs is \
            ended by SIGALRM, and one that traps by the trap.

            \(Bug.allCases.map { "\($0.rawValue)\n  \($0.summary)" }.joined(separator: "\n"))
            """)

    @Argument(help: "Which of them to run.")
    var bug: Bug?

    @Flag(help: "Print the names of all, a line each.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "After what time a program hangs, and is ended; 0: never (default: 2s).", valueName: "time"),
        transform: { try Quantity.duration($0, in: .zero ... .seconds(3600)) })
    var patience = Duration.seconds(2)

    @OptionGroup(title: "Pool") var pool: PoolOptions

    func validate() throws {
        if bug == nil, !list { throw ValidationError("Missing expected argument '<bug>'") }
    }
}
