internal import PoolModel
internal import TraceAnalysis

/// The failures, one line for each way in which tasks failed, and the report of the selected one.
struct FailuresPane {
    private var list = ListPosition()
    private var rows = 10

    static let keys = ["jk move", "Enter task", "t timeline"]

    mutating func take(_ key: InputEvent.Key, _ shown: ShownRun) -> PaneAnswer {
        switch key {
        case .enter:
            guard let position = selected(shown) else { return .message("no failure is selected") }
            return .open(position)
        default: return list.take(key, page: rows) ? .done : .unknown
        }
    }

    mutating func wheel(isUp: Bool) { list.selected += isUp ? -1 : 1 }

    mutating func click(row: Int) { if row >= 1, row <= rows { list.selected = list.top + row - 1 } }

    /// The position of the task that the selected report explains.
    func selected(_ shown: ShownRun) -> UInt32? {
        guard shown.reports.indices.contains(list.selected) else { return nil }
        let number = shown.reports[list.selected].failure.number
        return shown.failures.first { $0.value.number == number }
            .flatMap { shown.run.tasks.position(of: $0.key) }.map { UInt32(truncatingIfNeeded: $0) }
    }

    mutating func lines(_ context: PaneContext) -> [StyledText] {
        let reports = context.shown.reports
        guard !reports.isEmpty else { return [StyledText("no task failed", .green)] }
        rows = max(1, min(reports.count, context.rows / 2 - 2))
        list.settle(count: reports.count, rows: rows)
        var heading = StyledText("  count ", .dim)
        heading.append("\(Counted.text(reports.count, "way")) in which tasks failed", .bold)
        var lines = [heading]
        for place in list.top..<min(reports.count, list.top + rows) {
            let report = reports[place]
            var line = StyledText(" ")
            line.append(right: "\(report.others &+ 1)", 6)
            line.append(" ")
            let where_ =
                report.failure.frames.first.map { " at \($0.file.split(separator: "/").last ?? ""):\($0.line)" } ?? ""
            line.append(
                cell: "\(report.failure.type): \(report.failure.message.prefix(200))\(where_)",
                max(8, context.columns - 8), .red)
            lines.append(place == list.selected ? line.marked().selected(to: context.columns) : line)
        }
        lines.append(StyledText())
        let text = reports[list.selected].text(run: context.run.reportRun)
        lines += text.split(separator: "\n").flatMap { context.wrapped(String($0)) }.enumerated().map {
            StyledText("  " + $1, $0 == 0 ? .red : .plain)
        }
        return lines
    }
}
