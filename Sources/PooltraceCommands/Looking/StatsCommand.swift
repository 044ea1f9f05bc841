internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace stats`: a run in numbers.
struct StatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show a run in numbers: how many tasks, how long they waited and ran, how busy the workers were.",
        usage: "pooltrace stats [<options>] <trace> ...",
        discussion: """
            By name, pool and worker: tasks, failures, percentiles of queue wait, run time and turnaround, how long workers were busy, and \
            which part that is of the makespan: the time from the first submission to the last end. Narrow terminals show fewer \
            columns; csv and json have all of them. Below are lints: what in the run is likely not meant so.

            EXAMPLES:
              pooltrace stats runs/checker-1
              pooltrace stats runs/checker-1 --name 'parse*' --from 1s
              pooltrace stats runs/* --format csv > runs.csv
              pooltrace stats runs/checker-1 --deny all                for CI: exit 4 if the run has a lint
              pooltrace stats runs/checker-1 --deny never-ended --deny discarded-events

            EXIT STATUS: 0; 1 if a trace cannot be read; 3 if one is damaged, after showing what is whole; 4 if a run has a lint that \
            --deny names; 64 for wrong usage.
            """)

    @OptionGroup var input: TraceInput
    @OptionGroup(title: "Filters") var filters: TaskFilterOptions
    @OptionGroup var lints: LintOptions

    @Option(help: "How to write it: text, csv, or json (schema pooltrace.stats, version 1; times in nanoseconds).")
    var format = TableFormat.text

    func run() throws {
        let (runs, status) = try input.read()
        switch format {
        case .text:
            let screen = Screen.standardOutput
            let texts = runs.map { StatsView($0, filter: filters.filter, screen: screen).text }
            StandardOutput.write(texts.joined(separator: "\n"))
        case .csv: StatsData.csv(runs, filter: filters.filter, to: StandardOutput.write)
        case .json: StatsData.json(runs, filter: filters.filter, to: StandardOutput.write)
        }
        try status.end()
        try lints.check(runs)
    }
}
