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
        return lines.map { $0.rendered(screen.style) + "\n" }.joined()
    }

    private func table(_ title: String, _ rows: [RunStatistics.Row]) -> [StyledText] {
        let cells = rows.prefix(Self.shownRows).map(cells)
        let table = TextTable(Self.columns, rows: cells, on: screen)
        var lines = [StyledText(title, .bold), table.heading] + cells.map(table.line)
        if rows.count > Self.shownRows {
            lines.append(StyledText("  and \(rows.count - Self.shownRows) more: --format csv has all", .dim))
        }
        return lines
    }

    private func cells(_ row: RunStatistics.Row) -> [TextTable.Cell] {
        func time(_ percentiles: TaskTimes.Percentiles?, _ part: (TaskTimes.Percentiles) -> UInt64) -> TextTable.Cell {
            TextTable.Cell(percentiles.map { DurationText.text(nanoseconds: part($0)) } ?? "-")
        }
        let failed = row.outcomes[.failed] ?? 0
        return [
            TextTable.Cell(
                TerminalText.escape(row.group.title(in: run).prefix(200)), .cyan, tail: row.group.tail(in: run)),
            TextTable.Cell("\(row.count)"), TextTable.Cell("\(failed)", failed > 0 ? .red : .plain),
            time(row.queueWait, \.p50), time(row.queueWait, \.p99), time(row.runTime, \.p50), time(row.runTime, \.p99),
            time(row.runTime, \.max), time(row.turnaround, \.p50), time(row.turnaround, \.p99),
            TextTable.Cell(DurationText.text(nanoseconds: row.busy)), TextTable.Cell(Self.percent(row.utilization)),
        ]
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
        case .name(.name(let name)): return name
        case .name(.site(let site)): return site.description
        case .name(.others): return "other tasks"
        case .pool(let number): return run.pool(number)?.name ?? (number == 0 ? "no pool" : "pool \(number)")
        case .worker(let id):
            guard let worker = run.worker(id) else { return "worker \(id)" }
            let pool = run.pool(worker.pool)?.name
            return pool.map { "\($0) \(worker.number)" } ?? "worker \(worker.number)"
        }
    }
}
