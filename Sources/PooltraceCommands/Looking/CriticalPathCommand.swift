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
            Goes back from the last end, each time to the latest cause: the task that held the worker, the task that submitted, \
            or the task that was awaited. The gain of a name or task is how much earlier the last task would end if it took no \
            time, with the same tasks on the same workers in the same order. It is often less than its part of the chain, because \
            another chain is nearly as long. Hand-over is time in which a task is ready and its worker is free: the worker wakes up, or makes \
            the report of a failure.

            EXAMPLES:
              pooltrace critical-path runs/checker-1
              pooltrace critical-path runs/checker-1 --format json | jq '.runs[].by_name[] | {name, gain_ns}'

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
