internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace failures`: the failure reports, as the process printed them.
struct FailuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "Show the failure reports of a run: why each task failed.",
        usage: "pooltrace failures [<options>] <trace> ...",
        discussion: """
            One report for each kind of failure: the task, its input, where the error was thrown, where the task was \
            submitted, which worker ran it, what ran beside it, how many others failed in the same way, and the command that runs it \
            again.

            EXAMPLES:
              pooltrace failures runs/checker-1
              pooltrace failures --all runs/checker-1
              pooltrace failures runs/checker-1 --format json | jq .runs[].reports

            \(ExitTable.failures)
            """)

    @OptionGroup var input: TraceInput

    @Flag(help: "Show a report for every failed task, not one for each kind of failure.")
    var all = false

    @OptionGroup var frames: FrameOptions

    @Option(help: "Output format: text, or json (schema pooltrace.failures, version 1; times in nanoseconds).")
    var format = OutputFormat.text

    func run() throws {
        let (runs, status) = try input.read()
        format.write(FailuresDocument(runs, isOfAll: all, frames: frames.frames))
        try status.end()
        if runs.contains(where: { !$0.failures.isEmpty }) { try CommandExit.tasksFailed.end() }
    }
}
