internal import ArgumentParser
internal import PoolModel
internal import TraceAnalysis

/// Which tasks a view shows.
struct TaskFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Start of the time range to show, since the run's start: 1.5s, 20ms, 300us.", valueName: "time"),
        transform: { try Quantity.nanoseconds($0) })
    var from: UInt64?

    @Option(
        help: ArgumentHelp("End of the time range to show.", valueName: "time"),
        transform: { try Quantity.nanoseconds($0) }
    )
    var to: UInt64?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Show only this pool, by name or number; may be repeated.", valueName: "pool"))
    var pool: [String] = []

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Show only this worker, by its number in its pool; may be repeated.", valueName: "number"))
    var worker: [UInt32] = []

    @Option(
        help: ArgumentHelp(
            "Show only tasks whose name matches: *, ? and [abc] as in a shell. The name of an unnamed task is FILE:LINE.",
            valueName: "glob"))
    var name: String?

    @Flag(help: "Show only failed tasks.")
    var failed = false

    @Option(
        help: ArgumentHelp("Show only tasks that ran for at least this long.", valueName: "time"),
        transform: { try Quantity.nanoseconds($0) })
    var minDuration: UInt64?

    func validate() throws {
        try Self.validate(from: from, to: to)
    }

    /// Refuses a range of time that ends before it begins.
    static func validate(from: UInt64?, to: UInt64?) throws {
        if let from, let to, to < from { throw ValidationError("'--to' is before '--from'") }
    }

    /// The filter, for runs that have been read.
    ///
    /// - Throws: The status of a usage error, said on standard error, if it names a pool that there is not.
    func filter(for runs: [Run]) throws -> TaskFilter {
        guard !runs.isEmpty, let unknown = filter.unknownPools(in: runs).first else { return filter }
        var seen: Set<String> = []
        let names = runs.flatMap(\.pools).map(\.name).filter { seen.insert($0).inserted }
        let known =
            names.isEmpty
            ? "no pool"
            : "the \(names.count == 1 ? "pool" : "pools") " + names.map { "'\($0)'" }.joined(separator: ", ")
        StandardError.write("'--pool \(unknown)': there is no such pool; the trace has \(known)")
        throw ExitCode(CommandExit.usage.rawValue)
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
