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
            The tasks are in the order of their first events, or sorted by a column: the longest times first, the earliest moments first, \
            and texts by letters, with the numbers in them by value (main.2 before main.10). Narrow terminals show fewer columns and shorter texts; csv and json have everything.

            EXAMPLES:
              pooltrace tasks runs/checker-1
              pooltrace tasks runs/checker-1 --sort run --top 10
              pooltrace tasks runs/checker-1 --state failed --columns path,input,error
              pooltrace tasks runs/checker-1 --search b.json --worker 2
              pooltrace tasks runs/checker-1 --format csv > tasks.csv
              pooltrace tasks runs/checker-1 --format json | jq '.runs[].tasks[].path'

            \(ExitTable.tasks)
            """)

    @OptionGroup var input: TraceInput
    @OptionGroup(title: "Filters") var filters: TaskFilterOptions

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Show only tasks in this state; may be repeated.",
            valueName: "state"))
    var state: [TaskEntry.State] = []

    @Option(
        help: ArgumentHelp(
            "Show only tasks whose path, name, site, input, error or words (what they said) contain this.",
            valueName: "text"))
    var search = ""

    @Option(
        help: ArgumentHelp(
            "Columns to show, separated by commas without spaces: \(TaskQuery.Key.choices).", valueName: "columns"))
    var columns: TaskColumns?

    @Option(help: ArgumentHelp("Sort by a column.", valueName: "column"))
    var sort: TaskQuery.Key?

    @Flag(help: "Reverse the sort order.")
    var reverse = false

    @Option(
        help: ArgumentHelp("Show at most <n> tasks per run.", valueName: "n"),
        transform: { try Quantity.number($0, in: 1...Int.max) })
    var top: Int?

    @Option(help: "Output format: text, csv, or json (schema pooltrace.tasks, version 1; times in nanoseconds).")
    var format = TableFormat.text

    func validate() throws {
        if format == .json, columns != nil {
            throw ValidationError("'--columns' cannot be combined with '--format json', which has all columns")
        }
    }

    func run() throws {
        let (runs, status) = try input.read()
        format.write(TaskListDocument(runs, try query(for: runs), columns: columns?.keys))
        try status.end()
    }

    private func query(for runs: [Run]) throws -> TaskQuery {
        var query = TaskQuery()
        query.filter = try filters.filter(for: runs)
        query.states = Set(state)
        query.texts = search.isEmpty ? [] : [search]
        query.sort = sort
        query.isReversed = reverse
        query.limit = top
        return query
    }
}
