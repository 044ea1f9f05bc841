internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace stats`: a run in numbers.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show a run in numbers: tasks, wait and run times, utilization of the workers.",
        usage: "pooltrace stats [<options>] <trace> ...",
        discussion: """
            By name, pool and worker: tasks, failures, percentiles of queue wait, run time and turnaround, the time that workers were busy, and \
            that time's share of the makespan (from the first submission to the last end). Narrow terminals show fewer \
            columns; csv and json have all of them. Lints follow: likely performance problems and mistakes.

            EXAMPLES:
              pooltrace stats runs/checker-1
              pooltrace stats runs/checker-1 --name 'parse*' --from 1s
              pooltrace stats runs/* --format csv > runs.csv
              pooltrace stats runs/checker-1 --deny all    exits with \(CommandExit.denied.rawValue) on any lint, for CI
              pooltrace stats runs/checker-1 --deny never-ended --deny discarded-events

            \(ExitTable.stats)
            """)

    @OptionGroup var input: TraceInput
    @OptionGroup(title: "Filters") var filters: TaskFilterOptions
    @OptionGroup var lints: LintOptions

    @Option(help: "Output format: text, csv, or json (schema pooltrace.stats, version 1; times in nanoseconds).")
    var format = TableFormat.text

    func run() throws {
        let (runs, status) = try input.read()
        format.write(StatsDocument(runs, filter: try filters.filter(for: runs)))
        try status.end()
        try lints.check(runs)
    }
}
