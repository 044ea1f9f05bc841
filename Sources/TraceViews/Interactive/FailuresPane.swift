internal import PoolModel
internal import TraceAnalysis

/// The failures, one line for each way in which tasks failed, and the report of the selected one.
struct FailuresPane {
    private var list = ListPosition()
    private var rows = 10
    /// The first line shown of the report, of which a small screen has room for a part.
    private var reportTop = 0
    private var reportRows = 10

    static let keys = ["jk move", "PgUp PgDn report", "Enter task", "t timeline"]

    mutating func take(_ key: InputEvent.Key, _ shown: ShownRun) -> PaneAnswer {
        switch key {
        case .enter:
            guard let position = selected(shown) else { return .message("no failure is selected") }
            return .open(position)
        case .pageUp, .control("b"): reportTop -= max(1, reportRows - 1)
        case .pageDown, .control("f"): reportTop += max(1, reportRows - 1)
        case .control("u"): reportTop -= max(1, reportRows / 2)
        case .control("d"): reportTop += max(1, reportRows / 2)
        default:
            guard list.take(key, page: rows) else { return .unknown }
            reportTop = 0
        }
        return .done
    }

    mutating func wheel(isUp: Bool, row: Int) {
        guard row <= rows else { return reportTop += isUp ? -3 : 3 }
        list.selected += isUp ? -1 : 1
        reportTop = 0
    }

    mutating func click(row: Int) {
        guard row >= 1, row <= rows else { return }
        list.selected = list.top + row - 1
        reportTop = 0
    }

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
        heading.append("\(Counted.text(reports.count, "kind")) of failure", .bold)
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
        let report = text.split(separator: "\n").flatMap { context.wrapped(String($0)) }.enumerated().map {
            StyledText("  " + $1, $0 == 0 ? .red : .plain)
        }
        reportRows = max(1, context.rows - lines.count)
        reportTop = max(0, min(reportTop, report.count - reportRows))
        return lines + report.dropFirst(reportTop).prefix(reportRows)
    }
}
