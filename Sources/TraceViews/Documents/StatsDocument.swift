package import TraceAnalysis

/// Runs in numbers: what `pooltrace stats` shows.
///
/// JSON: schema `pooltrace.stats`, version 1, as `RunsJSON` describes such documents. A run has the keys trace ...
/// seed, start_ns ... events, then makespan_ns, workers (how many), utilization (of 1000), outcomes, by_name, by_pool,
/// by_worker, and lints. A row has name or file and line, pool and pool_name, or worker, pool and number; then count,
/// failed, busy_ns, utilization (of 1000), measured_ns (as much of the run time as cpu_ns, ready_ns and blocked_ns are
/// known of), cpu_ns, ready_ns, blocked_ns, self_ns (run time without waits for other tasks), and queue_wait, run_time
/// and turnaround with count, p50, p90, p99 and max in nanoseconds.
///
/// CSV: one table with a row for each group of each run; `by` is run, name, pool or worker.
package struct StatsDocument: TableDocument {
    private let runs: [Run]
    private let filter: TaskFilter

    /// Makes a document of the tasks that the filter lets pass.
    package init(_ runs: [Run], filter: TaskFilter = TaskFilter()) {
        self.runs = runs
        self.filter = filter
    }

    /// Writes a table for each run.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        let texts = runs.map { StatsView($0, filter: filter, screen: screen).text }
        texts.joined(separator: "\n").write(to: sink)
    }

    /// Writes the JSON document.
    package func writeJSON(to sink: @escaping ByteSink) {
        RunsJSON.document("pooltrace.stats", runs, to: sink) { writer, run in
            let bound = filter.bound(to: run)
            let statistics = RunStatistics(run, filter: bound)
            RunsJSON.header(run, to: &writer)
            RunsJSON.numbers(run, to: &writer)
            writer.value("makespan_ns", statistics.makespan)
            writer.value("workers", statistics.workers)
            writer.value("utilization", Self.thousandths(statistics.utilization))
            writer.object("outcomes") { writer in
                for state in TaskEntry.State.allCases { writer.value(state.key, statistics.outcomes[state] ?? 0) }
            }
            for (key, rows) in [
                ("by_name", statistics.names), ("by_pool", statistics.pools), ("by_worker", statistics.workerRows),
            ] {
                writer.array(key) { writer in
                    for row in rows { Self.json(row, run, to: &writer) }
                }
            }
            RunsJSON.lints(run, to: &writer)
        }
    }

    private static func json(_ row: RunStatistics.Row, _ run: Run, to writer: inout JSONWriter) {
        writer.object { writer in
            switch row.group {
            case .name(let group): RunsJSON.group(group, to: &writer)
            case .pool(let number):
                writer.value("pool", number)
                writer.value("pool_name", run.pool(number)?.name)
            case .worker(let id):
                writer.value("worker", id)
                writer.value("pool", run.worker(id)?.pool)
                writer.value("number", run.worker(id)?.number)
            }
            writer.value("count", row.count)
            writer.value("failed", row.outcomes[.failed] ?? 0)
            writer.value("busy_ns", row.busy)
            writer.value("utilization", Self.thousandths(row.utilization))
            writer.value("measured_ns", row.split.total)
            writer.value("cpu_ns", row.split.onCPU)
            writer.value("ready_ns", row.split.ready)
            writer.value("blocked_ns", row.split.blocked)
            writer.value("self_ns", row.selfTime)
            RunsJSON.percentiles(
                ["queue_wait": row.queueWait, "run_time": row.runTime, "turnaround": row.turnaround], to: &writer)
        }
    }

    private static func thousandths(_ part: Double) -> Int { Int((part * 1000).rounded()) }

    /// Writes the table.
    package func writeCSV(to sink: @escaping ByteSink) {
        var csv = CSVWriter(to: sink)
        let parts = ["p50", "p90", "p99", "max"]
        let times = ["queue_wait", "run_time", "turnaround"].flatMap { time in parts.map { "\(time)_\($0)_ns" } }
        csv.row(
            ["trace", "pid", "by", "group"] + TaskEntry.State.allCases.map(\.key) + ["count"] + times
                + ["busy_ns", "utilization_of_1000", "measured_ns", "cpu_ns", "ready_ns", "blocked_ns", "self_ns"])
        for run in runs {
            let statistics = RunStatistics(run, filter: filter.bound(to: run))
            let start = [run.trace, run.pid.map { String($0) }]
            let all = TaskEntry.State.allCases.map { statistics.outcomes[$0] ?? 0 }
            csv.row(
                start + ["run", nil] + (all + [all.reduce(0, +)]).map { String($0) } + times.map { _ in nil }
                    + [String(statistics.makespan), String(Self.thousandths(statistics.utilization))]
                    + [nil, nil, nil, nil, nil])
            for (by, rows) in [
                ("name", statistics.names), ("pool", statistics.pools), ("worker", statistics.workerRows),
            ] {
                for row in rows { csv.row(start + [by, row.group.title(in: run)] + Self.fields(row)) }
            }
        }
        csv.finish()
    }

    private static func fields(_ row: RunStatistics.Row) -> [String?] {
        let counts = TaskEntry.State.allCases.map { String(row.outcomes[$0] ?? 0) } + [String(row.count)]
        let times = [row.queueWait, row.runTime, row.turnaround].flatMap { time in
            [time?.p50, time?.p90, time?.p99, time?.max].map { $0.map { String($0) } }
        }
        let split = [row.split.total, row.split.onCPU, row.split.ready, row.split.blocked, row.selfTime]
        return counts + times + [String(row.busy), String(thousandths(row.utilization))] + split.map { String($0) }
    }
}
