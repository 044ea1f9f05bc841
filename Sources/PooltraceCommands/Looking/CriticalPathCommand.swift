internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace critical-path`: what bound a run's makespan.
struct CriticalPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "critical-path",
        abstract:
            "Show the chain of tasks and waits that a run took its time for, and what shortening each would gain.",
        usage: "pooltrace critical-path [<options>] <trace> ...",
        discussion: """
            From the last end back, each time to what had to be waited for last: the task that held the worker, the task that submitted, \
            or the task that was awaited. The gain of a name or task is by how much earlier the last task would end if all of it took no \
            time, with the same tasks on the same workers in the same order: often less than it has of the chain, because \
            another chain is nearly as long. Handing over is the time in which a task is ready and the worker is free: it sleeps, or makes \
            the report of a failure.

            EXAMPLES:
              pooltrace critical-path runs/checker-1
              pooltrace critical-path runs/checker-1 --format json | jq '.runs[].by_name[] | {name, gain_ns}'

            \(ExitTable.criticalPath)
            """)

    @OptionGroup var input: TraceInput

    @Option(help: "How to write it: text, or json (schema pooltrace.critical-path, version 1; times in nanoseconds).")
    var format = OutputFormat.text

    func run() throws {
        let (runs, status) = try input.read()
        format.write(CriticalPathDocument(runs))
        try status.end()
    }
}
