internal import PoolModel
internal import TraceAnalysis

/// Percentiles of queue wait, run time and turnaround, for each name of tasks.
struct TimesView {
    let times: [TaskTimes]
    let screen: Screen

    private static let shownGroups = 8
    private static let columnWidth = 9

    /// Narrow screens leave out the 90th percentile.
    private var isNarrow: Bool { screen.width < 54 }
    private var columns: [String] { isNarrow ? ["p50", "p99", "max"] : ["p50", "p90", "p99", "max"] }
    private var labelWidth: Int { min(screen.width, 100) - columns.count * Self.columnWidth }

    var lines: [StyledText] {
        guard !times.isEmpty else { return [] }
        var heading = StyledText("times", .bold)
        heading.pad(to: labelWidth)
        heading.append(columns.map(right).joined(), .dim)
        var lines = [heading]
        for group in times.prefix(Self.shownGroups) {
            lines.append(title(group))
            lines += row("queue wait", group.queueWait)
            lines += row("run time", group.runTime)
            lines += row("turnaround", group.turnaround)
        }
        if times.count > Self.shownGroups {
            lines.append(StyledText("  and \(times.count - Self.shownGroups) more: --name GLOB shows some", .dim))
        }
        return lines
    }

    private func title(_ group: TaskTimes) -> StyledText {
        let name = TerminalText.escape(group.group.title)
        let count = ", " + Counted.text(group.count, "task")
        var line = StyledText("  ")
        line.append(TerminalText.cut(name, to: screen.width - 2 - count.utf8.count), .cyan)
        line.append(count, .dim)
        return line
    }

    private func row(_ label: String, _ percentiles: TaskTimes.Percentiles?) -> [StyledText] {
        guard let percentiles else { return [] }
        var line = StyledText((isNarrow ? "  " : "    ") + label)
        line.pad(to: labelWidth)
        var values = [percentiles.p50, percentiles.p90, percentiles.p99, percentiles.max]
        if isNarrow { values.remove(at: 1) }
        line.append(values.map { right(DurationText.text(nanoseconds: $0)) }.joined())
        return [line]
    }

    private func right(_ text: String) -> String {
        // At least one space between two columns, however wide one is.
        String(repeating: " ", count: max(1, Self.columnWidth - text.utf8.count)) + text
    }
}
