internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace critical-path`: what bound a run's makespan.
struct CriticalPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "critical-path",
        abstract:
            "Show the chain of tasks and waits that bounds a run's time, and the gain from shortening each.",
        usage: "pooltrace critical-path [<options>] <trace> ...",
        discussion: """
            Begins at the last end of a task and goes back, each time to what happened last of the things needed: the end of the task \
            before on the same worker, the submission, or the end of an awaited task. The gain of a task, or of all tasks of a name, is \
            how much earlier the run would end if it took no time, and all else ran on the same workers in the same order. \
            It is often less than the task's time in the chain, because another chain is nearly as long. Hand-over is the time in which a \
            task is ready and its worker is free, but has not started it yet: the worker wakes up, or writes the report of a failure.

            EXAMPLES:
              pooltrace critical-path runs/checker-1
              pooltrace critical-path runs/checker-1 --format json | jq '.runs[].by_name'

            \(ExitTable.criticalPath)
            """)

    @OptionGroup var input: TraceInput

    @Option(help: "Output format: text, or json (schema pooltrace.critical-path, version 1; times in nanoseconds).")
    var format = OutputFormat.text

    func run() throws {
        let (runs, status) = try input.read()
        format.write(CriticalPathDocument(runs))
        try status.end()
    }
}
