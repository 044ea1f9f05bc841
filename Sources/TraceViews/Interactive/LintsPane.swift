internal import PoolModel
internal import TraceAnalysis

/// The run's lints: a sentence each, and what to do about it.
struct LintsPane {
    private var list = ListPosition()
    private var rows = 20

    static let keys = ["jk move", "Enter task", "t timeline"]

    mutating func take(_ key: InputEvent.Key, _ shown: ShownRun) -> PaneAnswer {
        switch key {
        case .enter:
            guard let position = selected(shown) else { return .message("this lint is not about a single task") }
            return .open(position)
        default: return list.take(key, page: rows) ? .done : .unknown
        }
    }

    mutating func wheel(isUp: Bool) { list.selected += isUp ? -1 : 1 }

    /// The position of the first task that the selected lint concerns.
    func selected(_ shown: ShownRun) -> UInt32? {
        guard let lints = shown.lints, lints.indices.contains(list.selected) else { return nil }
        return lints[list.selected].tasks.first.flatMap { shown.run.tasks.position(of: $0) }
            .map { UInt32(truncatingIfNeeded: $0) }
    }

    mutating func lines(_ context: PaneContext) -> [StyledText] {
        guard let lints = context.shown.lints else { return [StyledText("not computed yet", .dim)] }
        guard !lints.isEmpty else { return [StyledText("no lints", .green)] }
        rows = context.rows
        list.settle(count: lints.count, rows: max(1, context.rows / 3))
        var lines: [StyledText] = []
        for place in list.top..<lints.count {
            let lint = lints[place]
            var title = StyledText(" ")
            title.append(lint.kind.rawValue, .yellow)
            lines.append(place == list.selected ? title.marked().selected(to: context.columns) : title)
            lines += context.wrapped(TerminalText.escape(lint.sentence)).map { StyledText("   " + $0) }
            lines += context.wrapped(lint.remedy).map { StyledText("   " + $0, .dim) }
        }
        return lines
    }
}
