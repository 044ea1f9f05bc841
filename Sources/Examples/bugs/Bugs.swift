import ArgumentParser
import PoolTrace
import PoolTraceArguments

/// The command line.
struct Bugs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bugs",
        abstract: "Small programs, each with a bug that shows only if its tasks run in certain orders.",
        discussion: """
            Each works in most runs. Exit status: 0 if it worked; 1 if it failed, with the reason on standard error. A program that hangs is \
            killed by SIGALRM, a program that traps by the trap.

            \(Bug.allCases.map { "\($0.rawValue)\n  \($0.summary)" }.joined(separator: "\n"))
            """)

    @Argument(help: "The program to run.")
    var bug: Bug?

    @Flag(help: "Print all names, one per line.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Time limit, after which the program counts as a hang and is killed; 0 for none (default: 2s).",
            valueName: "time"),
        transform: { try Quantity.duration($0, in: .zero ... .seconds(3600)) })
    var patience = Duration.seconds(2)

    @OptionGroup(title: "Pool") var pool: PoolOptions

    func validate() throws {
        if bug == nil, !list { throw ValidationError("Missing expected argument '<bug>'") }
    }
}
