internal import ArgumentParser
internal import PoolModel
internal import TraceAnalysis

/// Which tasks a view shows.
struct TaskFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Show from this time on, since the run's start: 1.5s, 20ms, 300us.", valueName: "time"),
        transform: { try Quantity.nanoseconds($0) })
    var from: UInt64?

    @Option(
        help: ArgumentHelp("Show until this time.", valueName: "time"), transform: { try Quantity.nanoseconds($0) })
    var to: UInt64?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Show this pool only, by its name or number; may be repeated.", valueName: "pool"))
    var pool: [String] = []

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Show this worker only, by its number in its pool; may be repeated.", valueName: "number"))
    var worker: [UInt32] = []

    @Option(
        help: ArgumentHelp(
            "Show tasks with such a name only: *, ? and [abc] as in a shell. Tasks without a name go by FILE:LINE.",
            valueName: "glob"))
    var name: String?

    @Flag(help: "Show failed tasks only.")
    var failed = false

    @Option(
        help: ArgumentHelp("Show tasks only that ran at least so long.", valueName: "time"),
        transform: { try Quantity.nanoseconds($0) })
    var minDuration: UInt64?

    func validate() throws {
        try Self.validate(from: from, to: to)
    }

    /// Refuses a range of time that ends before it begins.
    static func validate(from: UInt64?, to: UInt64?) throws {
        if let from, let to, to < from { throw ValidationError("'--to' is before '--from'") }
    }

    var filter: TaskFilter {
        var filter = TaskFilter()
        filter.from = from
        filter.to = to
        filter.pools = pool
        filter.workers = worker
        filter.name = name
        filter.failedOnly = failed
        filter.minimumDuration = minDuration
        return filter
    }
}
