internal import PoolModel
public import TraceAnalysis

/// A run's tasks, one a line.
public struct TaskListView {
    private let run: Run
    private let query: TaskQuery
    private let columns: [TaskQuery.Key]
    private let screen: Screen

    /// The columns that are shown where nobody chooses others.
    public static func usualColumns(of run: Run) -> [TaskQuery.Key] {
        [.state, .path, .name, .worker, .wait, .run] + (run.hasTimeSplits ? [.cpu, .error] : [.error])
    }

    /// Makes a list of what a query asks for.
    public init(_ run: Run, _ query: TaskQuery, columns: [TaskQuery.Key], screen: Screen) {
        self.run = run
        self.query = query
        self.columns = columns
        self.screen = screen
    }

    /// The rows that the columns' widths are made for: the list is written while it is made.
    private static let measuredRows = 2000

    /// Writes the list in pieces, every part of which is escaped.
    public func write(to sink: (String) -> Void) {
        let (positions, total) = query.positions(in: run)
        let details = TaskDetails(run)
        let table = TextTable(
            columns.map(Self.column), rows: positions.prefix(Self.measuredRows).map { cells($0, details) }, on: screen)
        var text = table.heading.rendered(screen.style) + "\n"
        for position in positions {
            text += table.line(cells(position, details)).rendered(screen.style) + "\n"
            if text.utf8.count > 1 << 16 {
                sink(text)
                text = ""
            }
        }
        text += footer(shown: positions.count, total: total).rendered(screen.style) + "\n"
        sink(text)
    }

    private func footer(shown: Int, total: Int) -> StyledText {
        if total == 0 { return StyledText("no task matches the filters", .dim) }
        let cut = shown < total ? "\(shown) of " : ""
        return StyledText(cut + Counted.text(total, "task"), .dim)
    }

    private static func column(_ key: TaskQuery.Key) -> TextTable.Column {
        switch key {
        case .state: TextTable.Column(title: "state", least: 9)
        case .path: TextTable.Column(title: "path", least: 10)
        case .name: TextTable.Column(title: "name", rank: 3)
        case .site: TextTable.Column(title: "site", rank: 4)
        case .error: TextTable.Column(title: "error", rank: 6)
        case .said: TextTable.Column(title: "said", rank: 7)
        case .input: TextTable.Column(title: "input", rank: 7)
        case .pool: TextTable.Column(title: "pool", rank: 8)
        case .task: TextTable.Column(title: "task", rank: 9)
        case .worker: TextTable.Column(title: "worker", isNumber: true, rank: 5)
        case .wait, .run: TextTable.Column(title: key.rawValue, isNumber: true, rank: key == .run ? 1 : 2)
        case .cpu: TextTable.Column(title: key.rawValue, isNumber: true, rank: 4)
        case .turnaround, .submitted, .started, .ended, .suspensions, .ready, .blocked, .selfTime:
            TextTable.Column(title: key.rawValue, isNumber: true, rank: 10)
        }
    }

    private func cells(_ position: UInt32, _ details: TaskDetails) -> [TextTable.Cell] {
        let task = run.tasks.entries[Int(position)]
        return columns.map { key in
            if key.isDuration || key.isMoment {
                return TextTable.Cell(details.number(key, task).map { DurationText.text(nanoseconds: $0) } ?? "-")
            }
            if key.isNumber { return TextTable.Cell(details.number(key, task).map { String($0) } ?? "-") }
            if key == .state {
                let state = run.state(of: task)
                return TextTable.Cell(state.rawValue, SummaryView.paint(state))
            }
            if key == .name { return TextTable.Cell(TerminalText.escape(run.title(of: task).prefix(500))) }
            if key == .path { return .path(TerminalText.escape(run.path(of: task).suffix(500))) }
            let text = details.text(key, task)?.prefix(500)
            return TextTable.Cell(text.map(TerminalText.escape) ?? "-", key == .error ? .red : .plain)
        }
    }
}
