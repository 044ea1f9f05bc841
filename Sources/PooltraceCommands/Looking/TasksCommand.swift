internal import ArgumentParser
internal import PoolModel
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace tasks`: a run's tasks, one a line.
struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "List a run's tasks: state, path, name, worker, times, error.",
        usage: "pooltrace tasks [<options>] <trace> ...",
        discussion: """
            In the order in which the trace first speaks of them, or sorted: by times with the longest first, by moments with the earliest, by \
            texts with numbers in them by their value. Narrow terminals show fewer columns, and texts cut; csv and json have all of them.

            EXAMPLES:
              pooltrace tasks runs/checker-1
              pooltrace tasks runs/checker-1 --sort run --top 10            the ten that ran longest
              pooltrace tasks runs/checker-1 --state failed --columns path,input,error
              pooltrace tasks runs/checker-1 --search b.json --worker 2
              pooltrace tasks runs/checker-1 --format csv > tasks.csv
              pooltrace tasks runs/checker-1 --format json | jq -r '.runs[].tasks[] | select(.run_time_ns > 1e6) | .path'

            \(ExitTable.tasks)
            """)

    @OptionGroup var input: TraceInput
    @OptionGroup(title: "Filters") var filters: TaskFilterOptions

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Show tasks only that came so far; may be repeated.",
            valueName: "state"))
    var state: [TaskEntry.State] = []

    @Option(
        help: ArgumentHelp("Show tasks only whose path, name, site, input or error holds this.", valueName: "text"))
    var search = ""

    @Option(
        help: ArgumentHelp(
            "Which columns, with commas and no spaces between them: \(TaskQuery.Key.choices).", valueName: "columns"))
    var columns: TaskColumns?

    @Option(help: ArgumentHelp("Sort by a column.", valueName: "column"))
    var sort: TaskQuery.Key?

    @Flag(help: "The other way round.")
    var reverse = false

    @Option(
        help: ArgumentHelp("Show at most so many of each run.", valueName: "n"),
        transform: { try Quantity.number($0, in: 1...Int.max) })
    var top: Int?

    @Option(help: "How to write it: text, csv, or json (schema pooltrace.tasks, version 1; times in nanoseconds).")
    var format = TableFormat.text

    func validate() throws {
        if format == .json, columns != nil {
            throw ValidationError("'--columns' is for text and csv: json has them all.")
        }
    }

    func run() throws {
        let (runs, status) = try input.read()
        format.write(TaskListDocument(runs, query, columns: columns?.keys))
        try status.end()
    }

    private var query: TaskQuery {
        var query = TaskQuery()
        query.filter = filters.filter
        query.states = Set(state)
        query.texts = search.isEmpty ? [] : [search]
        query.sort = sort
        query.isReversed = reverse
        query.most = top
        return query
    }
}
