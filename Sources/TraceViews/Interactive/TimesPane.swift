internal import PoolModel
internal import TraceAnalysis

/// Histograms of queue wait and run time, and their percentiles, for all tasks or those of one name.
struct TimesPane {
    private var counts: [TimeClasses]?
    private var times: [TaskTimes] = []
    /// Of `times`; -1 for all tasks.
    private var group = -1

    static let keys = ["jk another name"]

    /// The run is another one.
    mutating func forget() { counts = nil }

    mutating func take(_ key: InputEvent.Key) -> PaneAnswer {
        switch key {
        case .down, .right, .character("j"), .character("l"): group += 1
        case .up, .left, .character("k"), .character("h"): group -= 1
        case .home, .character("g"): group = -1
        case .end, .character("G"): group = times.count - 1
        default: return .unknown
        }
        return .done
    }

    mutating func wheel(isUp: Bool) { group += isUp ? -1 : 1 }

    mutating func lines(_ context: PaneContext) -> [StyledText] {
        if counts == nil {
            times = TaskTimes.of(context.run, filter: TaskFilter().bound(to: context.run))
            counts = TimeClasses.of(context.run, groups: times)
        }
        guard let counts, !times.isEmpty else { return [StyledText("no task has started yet", .dim)] }
        group = max(-1, min(group, times.count - 1))
        let shown = counts[group + 1]
        var title = StyledText(label, .bold)
        title.append("  \(group + 2) of \(times.count + 1): j and k show others", .dim)
        var lines = [title.cropped(to: context.columns)]
        let table =
            group >= 0 ? TimesView(times: [times[group]], screen: context.screen).lines.dropFirst(2) : []
        let room = max(4, context.rows - 2 - (table.isEmpty ? 0 : table.count + 2))
        let half = (context.columns - 2) / 2
        let left = histogram("queue wait", shown.wait, half, room, context.screen)
        let right = histogram("run time", shown.run, half, room, context.screen)
        for row in 0..<max(left.count, right.count) {
            var line = row < left.count ? left[row] : StyledText()
            line.pad(to: half + 2)
            if row < right.count { line.append(right[row]) }
            lines.append(line)
        }
        if !table.isEmpty {
            lines.append(StyledText())
            lines += TimesView(times: [times[group]], screen: context.screen).lines.prefix(1) + table
        }
        return lines
    }

    private var label: String {
        guard times.indices.contains(group) else { return "all tasks" }
        return switch times[group].group {
        case .name(let name): "tasks \"\(TerminalText.escape(name.prefix(100)))\""
        case .site(let site): "tasks of \(TerminalText.escape(site.description))"
        case .unnamed: "unnamed tasks"
        case .others: "tasks of other names"
        }
    }

    private func histogram(_ title: String, _ counts: [Int], _ columns: Int, _ rows: Int, _ screen: Screen)
        -> [StyledText]
    {
        var lines = [StyledText(" " + title, .cyan)]
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else {
            return lines + [StyledText("  unknown for every task", .dim)]
        }
        // Where there are more classes than lines the shortest times are taken together.
        let begin = max(first, last - rows + 2)
        let most = max(1, counts[(begin + 1)..<max(begin + 1, last + 1)].max() ?? 0, counts[first...begin].reduce(0, +))
        let bar = max(4, columns - 19)
        for place in begin...last {
            let count = place == begin ? counts[first...begin].reduce(0, +) : counts[place]
            let end =
                place == TimeClasses.ends.count - 1
                ? "longer" : "< " + DurationText.text(nanoseconds: TimeClasses.ends[place])
            var line = StyledText()
            line.append(right: end, 10, .dim)
            line.append(" ")
            let length = count == 0 ? 0 : max(1, Int(Double(count) / Double(most) * Double(bar)))
            line.append(String(repeating: screen.shade(1), count: length), .green)
            line.append(" \(count)")
            lines.append(line.cropped(to: columns))
        }
        return lines
    }
}
