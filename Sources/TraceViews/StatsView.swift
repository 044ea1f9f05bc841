internal import PoolModel
public import TraceAnalysis

/// A run in numbers, as text: tables by name, pool and worker.
public struct StatsView {
    private let run: Run
    private let filter: TaskFilter
    private let screen: Screen

    /// Makes a view of the tasks that the filter lets pass.
    public init(_ run: Run, filter: TaskFilter = TaskFilter(), screen: Screen) {
        self.run = run
        self.filter = filter
        self.screen = screen
    }

    private static let shownRows = 40

    private var columns: [TextTable.Column] {
        var columns = Self.columns
        columns.insert(contentsOf: run.hasTimeSplits ? Self.splitColumns : [], at: columns.count - 1)
        return columns
    }

    /// Parts of the time that is measured of "busy".
    private static let splitColumns = [
        TextTable.Column(title: "cpu", isNumber: true, rank: 5),
        TextTable.Column(title: "ready", isNumber: true, rank: 5),
        TextTable.Column(title: "blocked", isNumber: true, rank: 5),
        TextTable.Column(title: "self", isNumber: true, rank: 8),
    ]

    private static let columns = [
        TextTable.Column(title: "", least: 10),
        TextTable.Column(title: "tasks", isNumber: true),
        TextTable.Column(title: "failed", isNumber: true, rank: 1),
        TextTable.Column(title: "wait p50", isNumber: true, rank: 6),
        TextTable.Column(title: "wait p99", isNumber: true, rank: 4),
        TextTable.Column(title: "run p50", isNumber: true, rank: 3),
        TextTable.Column(title: "run p99", isNumber: true, rank: 2),
        TextTable.Column(title: "run max", isNumber: true, rank: 7),
        TextTable.Column(title: "turnaround p50", isNumber: true, rank: 9),
        TextTable.Column(title: "turnaround p99", isNumber: true, rank: 8),
        TextTable.Column(title: "busy", isNumber: true, rank: 5),
        TextTable.Column(title: "share", isNumber: true),
    ]

    /// The text, which ends with a newline, and every part of which is escaped.
    public var text: String {
        let bound = filter.bound(to: run)
        let statistics = RunStatistics(run, filter: bound)
        let summary = SummaryView(run: run, filter: bound, isFiltered: !filter.isOpen, screen: screen)
        var lines = summary.lines
        let makespan = DurationText.text(nanoseconds: statistics.makespan)
        let workers = Counted.text(statistics.workers, "worker")
        lines += StyledText.labelled(
            "makespan",
            "\(makespan) from the first submission to the last end, of which \(workers) were busy "
                + Self.percent(statistics.utilization), on: screen)
        for (title, rows) in [
            ("by name", statistics.names), ("by pool", statistics.pools), ("by worker", statistics.workerRows),
        ] where !rows.isEmpty {
            lines.append(StyledText())
            lines += table(title, rows)
        }
        if run.hasTimeSplits { lines += measured(statistics) }
        return lines.map { $0.rendered(screen.style) + "\n" }.joined()
    }

    /// What cpu, ready and blocked are parts of, where that is not all of the time.
    private func measured(_ statistics: RunStatistics) -> [StyledText] {
        let (busy, measured) = statistics.names.reduce((UInt64(0), UInt64(0))) {
            ($0.0 &+ $1.busy, $0.1 &+ $1.split.total)
        }
        guard busy > 0, Double(measured) < Double(busy) * 0.99 else { return [] }
        return StyledText.labelled(
            "measured",
            "cpu, ready and blocked are parts of \(Self.percent(Double(measured) / Double(busy))) of the run time: "
                + "tasks of less than 0.1 ms are not measured if their worker sleeps between them", on: screen)
    }

    private func table(_ title: String, _ all: [RunStatistics.Row]) -> [StyledText] {
        let busy = all.filter { $0.count > 0 || $0.busy > 0 }
        let rows = busy.isEmpty ? all : busy
        let cells = rows.prefix(Self.shownRows).map(cells)
        let table = TextTable(columns, rows: cells, on: screen)
        var lines = [StyledText(title, .bold), table.heading] + cells.map(table.line)
        if rows.count > Self.shownRows {
            lines.append(StyledText("  and \(rows.count - Self.shownRows) more: --format csv has all", .dim))
        }
        if rows.count < all.count {
            lines.append(StyledText("  and \(all.count - rows.count) without tasks", .dim))
        }
        return lines
    }

    private func cells(_ row: RunStatistics.Row) -> [TextTable.Cell] {
        func time(_ percentiles: TaskTimes.Percentiles?, _ part: (TaskTimes.Percentiles) -> UInt64) -> TextTable.Cell {
            TextTable.Cell(percentiles.map { DurationText.text(nanoseconds: part($0)) } ?? "-")
        }
        let failed = row.outcomes[.failed] ?? 0
        func part(_ time: UInt64) -> TextTable.Cell {
            TextTable.Cell(row.split.total == 0 ? "-" : Self.percent(Double(time) / Double(row.split.total)))
        }
        let split =
            run.hasTimeSplits
            ? [
                part(row.split.onCPU), part(row.split.ready), part(row.split.blocked),
                TextTable.Cell(DurationText.text(nanoseconds: row.selfTime)),
            ] : []
        return [
            TextTable.Cell(
                TerminalText.escape(row.group.title(in: run).prefix(200)), .cyan, tail: row.group.tail(in: run)),
            TextTable.Cell("\(row.count)"), TextTable.Cell("\(failed)", failed > 0 ? .red : .plain),
            time(row.queueWait, \.p50), time(row.queueWait, \.p99), time(row.runTime, \.p50), time(row.runTime, \.p99),
            time(row.runTime, \.max), time(row.turnaround, \.p50), time(row.turnaround, \.p99),
            TextTable.Cell(DurationText.text(nanoseconds: row.busy)),
        ] + split + [TextTable.Cell(Self.percent(row.utilization))]
    }

    static func percent(_ part: Double) -> String { "\(Int((min(max(part, 0), 1) * 100).rounded()))%" }
}

extension RunStatistics.Group {
    /// The end of the title without which the workers of a pool with a long name look alike.
    func tail(in run: Run) -> String {
        guard case .worker(let id) = self, let worker = run.worker(id), run.pool(worker.pool) != nil else { return "" }
        return " \(worker.number)"
    }

    /// What the row is called, as the trace has it.
    func title(in run: Run) -> String {
        switch self {
        case .name(let group): return group.title
        case .pool(let number): return run.pool(number)?.name ?? (number == 0 ? "no pool" : "pool \(number)")
        case .worker(let id):
            guard let worker = run.worker(id) else { return "worker \(id)" }
            let pool = run.pool(worker.pool)?.name
            return pool.map { "\($0) \(worker.number)" } ?? "worker \(worker.number)"
        }
    }
}
