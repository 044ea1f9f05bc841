internal import PoolModel
internal import TraceAnalysis

/// The workers on a time axis: a row each, shaded by how busy they were, with failures and tasks that did not end
/// marked.
struct TimelineView {
    let run: Run
    let filter: TaskFilter.Bound
    let screen: Screen

    /// Left of the rows: the worker's number, or `queue`.
    static let labelWidth = 5
    private static let shownRows = 128

    /// Whether there is room for the number of tasks at the end of a row.
    private var showsTasks: Bool { screen.width >= 60 }
    var barWidth: Int { screen.width - Self.labelWidth - 2 - (showsTasks ? 15 : 5) - 1 }

    var lines: [StyledText] {
        let timeline = Timeline(run, filter: filter, columns: barWidth)
        // A window behind the run's end has no length.
        guard !timeline.rows.isEmpty, timeline.to - timeline.from > 1 || run.duration <= 1 else { return [] }
        let axis = TimeAxis(from: timeline.from - run.start, to: timeline.to - run.start, columns: barWidth)
        var lines = [heading(timeline, axis)]
        var left = Self.shownRows
        var idle = IdlePools()
        for pool in Set(timeline.rows.map(\.worker.pool)).sorted() {
            let rows = timeline.rows.filter { $0.worker.pool == pool }
            let queue = timeline.queued[pool]
            if rows.allSatisfy(\.isIdle), queue?.most ?? 0 == 0 {
                idle.add(run.pool(pool), workers: rows.count)
                continue
            }
            lines.append(poolHeading(pool))
            lines += workerLines(rows, of: timeline, left: &left)
            if let queue { lines += queueLine(queue) }
        }
        lines += idle.line(width: screen.width)
        lines.append(axisLine(axis))
        return lines + legend(timeline)
    }

    /// The busy workers of a pool, at most `left`, and how many others there are.
    private func workerLines(_ rows: [Timeline.Row], of timeline: Timeline, left: inout Int) -> [StyledText] {
        let busy = rows.filter { !$0.isIdle }
        let idle = rows.filter(\.isIdle).map(\.worker.number)
        var shown = busy
        if busy.count > left {
            let longest = busy.indices.sorted { (busy[$0].busy, $1) > (busy[$1].busy, $0) }
            shown = longest.prefix(left).sorted().map { busy[$0] }
        }
        left -= shown.count
        var lines = shown.flatMap { self.lines($0, of: timeline.to - timeline.from) }
        if busy.count > shown.count {
            lines.append(StyledText("      and \(busy.count - shown.count) less busy: --worker N", .dim))
        }
        return lines + idleLine(idle)
    }
}

// MARK: - Headings

extension TimelineView {
    private func heading(_ timeline: Timeline, _ axis: TimeAxis) -> StyledText {
        var line = StyledText("timeline", .bold)
        let column = DurationText.text(nanoseconds: timeline.nanosecondsPerColumn)
        line.append("  ")
        if timeline.from > run.start || timeline.to < run.end {
            let from = DurationText.text(nanoseconds: timeline.from - run.start)
            let to = DurationText.text(nanoseconds: timeline.to - run.start)
            line.append("from \(from) to \(to), ", .dim)
        }
        line.append("a column is \(column)", .dim)
        return line
    }

    func poolHeading(_ number: UInt32) -> StyledText {
        let titles = showsTasks ? "  busy     tasks" : " busy"
        let width = screen.width - titles.utf8.count - 1
        var line = StyledText()
        if let pool = run.pool(number) {
            let name = TerminalText.cut(TerminalText.escape(pool.name), to: width - 7)
            line.append("pool \"\(name)\"", .cyan)
        } else {
            line.append("workers of an unknown pool", .cyan)
        }
        line.pad(to: screen.width - titles.utf8.count - 1)
        line.append(titles, .dim)
        return line
    }
}

// MARK: - Rows

extension TimelineView {
    /// A worker's lines, one for each level.
    func lines(_ row: Timeline.Row, of scale: UInt64) -> [StyledText] {
        row.levels.indices.map { line(row, level: $0, of: scale) }
    }

    /// One level of a worker: the first has its number, how busy it was, and how many tasks started on it.
    func line(_ row: Timeline.Row, level: Int, of scale: UInt64) -> StyledText {
        var title = level == 0 ? "\(row.worker.number)" : ""
        let isDeepest = level > 0 && level == row.levels.count - 1 && row.depth > row.levels.count
        if isDeepest { title = "+\(row.depth - level)" }
        var line = StyledText(TerminalText.fit(Self.right(title, Self.labelWidth - 1), to: Self.labelWidth))
        line.append(screen.edge, .dim)
        let forgotten = level == 0 ? forgotten(in: row, of: scale) : 0
        line.append(String(repeating: screen.overwritten, count: forgotten), .dim)
        line.append(bar(row.levels[level][forgotten...]))
        line.append(screen.edge, .dim)
        guard level == 0 else { return line }
        let percent = scale == 0 ? 0 : Int((Double(row.busy) / Double(scale) * 100).rounded())
        line.append(Self.right("\(min(100, percent))%", 5))
        guard showsTasks else { return line }
        line.append(Self.right("\(row.tasks)", 10))
        return line
    }

    /// The workers on which nothing ran, in one line.
    func idleLine(_ numbers: [UInt32]) -> [StyledText] {
        guard !numbers.isEmpty else { return [] }
        let text = "      \(Counted.text(numbers.count, "worker")) without tasks: \(NumberRanges.text(numbers))"
        return [StyledText(TerminalText.cut(text, to: screen.width), .dim)]
    }

    /// How many columns before the first task of a worker lie before the ring's window: it may have worked in them.
    private func forgotten(in row: Timeline.Row, of scale: UInt64) -> Int {
        guard run.loss.overwritten > 0, run.wholeSince > filter.from, scale > 0 else { return 0 }
        let blank = row.cells.prefix { $0.task == Timeline.Cell.none && $0.starts == 0 && !$0.hasFailure }.count
        let window = Double(min(run.wholeSince - filter.from, scale)) / Double(scale) * Double(row.cells.count)
        return min(blank, Int(window))
    }

    /// One worker's columns: tasks that have two columns or more to themselves are drawn one by one, with what they are
    /// called where that fits; the others as shades.
    private func bar(_ cells: ArraySlice<Timeline.Cell>) -> StyledText {
        var bar = StyledText()
        var column = cells.startIndex
        while column < cells.endIndex {
            var end = column + 1
            let task = cells[column].task
            while task >= 0, end < cells.endIndex, cells[end].task == task { end += 1 }
            if end - column >= 2 {
                bar.append(lone(task, cells[column..<end], isLast: end == cells.endIndex))
            } else {
                bar.append(shaded(cells[column], isLast: end == cells.endIndex))
            }
            column = end
        }
        return bar
    }

    private func shaded(_ cell: Timeline.Cell, isLast: Bool) -> StyledText {
        if cell.hasFailure { return StyledText(String(screen.failure), .red) }
        if cell.isNotEnded { return StyledText(String(isLast ? screen.notEnded : screen.shade(cell.busy)), .yellow) }
        return StyledText(String(cell.isOffCPU ? screen.offCPU : screen.shade(cell.busy)), .green)
    }

    private func lone(_ position: Int32, _ cells: ArraySlice<Timeline.Cell>, isLast: Bool) -> StyledText {
        guard let last = cells.last, run.tasks.entries.indices.contains(Int(position)) else { return StyledText() }
        let task = run.tasks.entries[Int(position)]
        let state = run.state(of: task)
        let paint: StyledText.Paint = state == .notEnded ? .yellow : state == .failed ? .red : .green
        var bar = StyledText(String(screen.taskStart), paint)
        let end: Character =
            last.hasFailure
            ? screen.failure
            : last.isNotEnded && isLast
                ? screen.notEnded
                : last.busy < 0.5 ? screen.taskEnd : last.isOffCPU ? screen.offCPU : screen.shade(1)
        let room = cells.count - 2
        bar.append(label(of: task, room: room))
        for cell in cells.dropFirst(bar.width).dropLast() {
            bar.append(String(cell.isOffCPU ? screen.offCPU : screen.shade(1)), paint)
        }
        bar.append(String(end), paint)
        return bar
    }

    /// A task's name and path where there is room for both, else what tells it best from the others.
    ///
    /// That is its name or, in a run of one name, its path or the end of it. Empty where nothing says anything in so
    /// little room.
    private func label(of task: TaskEntry, room: Int) -> String {
        let path = TerminalText.escape(run.path(of: task))
        let name = run.name(of: task).map { TerminalText.escape($0.prefix(200)) }
        if let name {
            let both = "\(name) \(path)"
            if TerminalText.width(both) <= room { return both }
            if run.hasSeveralNames {
                return TerminalText.width(name) <= room || room >= 6 ? TerminalText.cut(name, to: room) : ""
            }
        }
        if TerminalText.width(path) <= room { return path }
        let step = task.isElement ? "[\(task.index)]" : ".\(task.ordinal)"
        guard task.submitted != nil, step.utf8.count <= room else { return "" }
        // As many of the last steps as there is room for.
        let cut = TerminalText.cutFront(path, to: room).drop { $0 != "." && $0 != "[" }
        return cut.utf8.count > step.utf8.count && TerminalText.width(cut) < room ? "~" + cut : step
    }

    func queueLine(_ queue: Timeline.Queue) -> [StyledText] {
        let most = queue.most
        guard most > 0 else { return [] }
        var line = StyledText("queue", .dim)
        line.append(screen.edge, .dim)
        line.append(String(queue.columns.map { screen.height($0, of: most) }), .cyan)
        line.append(screen.edge, .dim)
        line.append(showsTasks ? Self.right("max \(most)", 15) : Self.right("\(most)", 5), .dim)
        return [line]
    }

    private static func right(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - text.utf8.count)) + text
    }
}

// MARK: - Axis and legend

extension TimelineView {
    func axisLine(_ axis: TimeAxis) -> StyledText {
        var line = StyledText()
        for tick in axis.ticks {
            line.pad(to: Self.labelWidth + 1 + tick.column)
            line.append(String(screen.tick) + tick.label, .dim)
        }
        return line
    }

    func legend(_ timeline: Timeline) -> [StyledText] {
        var hasFailure = false
        var hasNotEnded = false
        var hasOffCPU = false
        for cells in timeline.rows.lazy.flatMap(\.levels) {
            hasFailure = hasFailure || cells.contains(where: \.hasFailure)
            hasNotEnded = hasNotEnded || cells.contains(where: \.isNotEnded)
            hasOffCPU = hasOffCPU || cells.contains(where: \.isOffCPU)
        }
        let isNested = timeline.rows.contains { $0.levels.count > 1 }
        let isDeeper = timeline.rows.contains { $0.depth > $0.levels.count }
        let scale = timeline.to - timeline.from
        let hasForgotten = timeline.rows.contains { forgotten(in: $0, of: scale) > 0 }
        let shades = String([screen.shade(0.1), screen.shade(0.3), screen.shade(0.6), screen.shade(1)])
        var parts = [StyledText("\(shades) busy", .dim)]
        if hasOffCPU { parts.append(StyledText("\(screen.offCPU) ready or blocked", .dim)) }
        if hasForgotten { parts.append(StyledText("\(screen.overwritten) overwritten", .dim)) }
        if hasFailure {
            parts.append(StyledText(String(screen.failure), .red))
            parts[parts.count - 1].append(" failed", .dim)
        }
        if hasNotEnded {
            parts.append(StyledText(String(screen.notEnded), .yellow))
            parts[parts.count - 1].append(" not ended", .dim)
        }
        if isNested { parts.append(StyledText("below a worker: tasks inside waits", .dim)) }
        if isDeeper { parts.append(StyledText("+N: the N deepest levels together", .dim)) }
        if timeline.queued.values.contains(where: { $0.most > 0 }) {
            parts.append(StyledText("queue: tasks waiting", .dim))
        }
        var lines: [StyledText] = []
        var line = StyledText("      ")
        for part in parts {
            if line.width > 6, line.width + 3 + part.width > screen.width {
                lines.append(line)
                line = StyledText("      ")
            }
            if line.width > 6 { line.append("   ") }
            line.append(part)
        }
        return lines + [line]
    }
}
