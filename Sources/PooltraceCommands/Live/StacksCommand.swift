internal import ArgumentParser
internal import PoolModel

/// `pooltrace stacks`: what every worker of a running process does.
struct StacksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stacks",
        abstract: "Show what every worker of a running process is doing, with its stack.",
        discussion: """
            For each pool: its workers' tasks, where they were submitted, what they wait for, and the stacks of \
            their threads. The process answers by itself: it is neither stopped nor traced.

            It answers if it was started by `pooltrace run`, with POOLTRACE_STACKS=on, or has called \
            TaskStacks.showOnQuit(). Only its own user and root may ask.

            \(ExitTable.stacks)

            EXAMPLES:
              pooltrace stacks 4711
              POOLTRACE_STACKS=on ./checker data      and Ctrl-\\ on its terminal
            """)

    @Argument(help: "The process ID.")
    var process: Int32

    @Option(
        help: ArgumentHelp("Time limit for the answer (default: 5s).", valueName: "time"),
        transform: { try Quantity.duration($0, in: .zero ... .seconds(24 * 3600)) })
    var timeout = Duration.seconds(5)

    /// Checks the arguments.
    func validate() throws {
        guard process > 0 else { throw ValidationError("invalid process ID: \(process)") }
    }

    /// Asks, and prints the answer.
    func run() throws {
        let answer = try StacksAnswer(process: process)
        let text = try answer.ask(timeout: timeout)
        for line in text.split(separator: "\n") { print(TerminalText.escape(line)) }
    }
}
