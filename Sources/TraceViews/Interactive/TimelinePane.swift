internal import PoolModel
internal import TraceAnalysis

/// The workers on a time axis that is zoomed and panned, with a cursor on one column of one worker's level.
struct TimelinePane {
    /// What is shown, in nanoseconds since the run's start; nil for the whole run.
    private(set) var window: Range<UInt64>?
    /// Whether the window stays at the run's end.
    private(set) var follows = false
    private var list = ListPosition()
    private var column = 0
    /// The task that the cursor was put on by a jump: others may share its column.
    private var target: UInt64?
    /// Of the last frame: how many columns bars have, and the lanes of the rows shown.
    private var barColumns = 80
    private var rowLanes: [Int?] = []
    private var rows = 20

    /// One line of the pane.
    private enum Item { case pool(UInt32), lane(Int), idleWorkers([UInt32]), queue(UInt32), idlePools }

    static let keys = ["hjkl move", "+- zoom", "HL pan", "0 all", "nN failure", "Enter task", "F follow"]

    // MARK: Input

    /// Takes a key; returns the task to open, if it asks for one.
    mutating func take(_ key: InputEvent.Key, _ shown: ShownRun) -> PaneAnswer {
        switch key {
        case .enter, .character("+"), .character("="), .character("i"), .character("w"), .character("-"),
            .character("o"), .character("W"):
            break
        default: target = nil
        }
        switch key {
        case .left, .character("h"): move(by: -1, shown)
        case .right, .character("l"): move(by: 1, shown)
        case .character("H"): pan(-0.5, shown)
        case .character("L"): pan(0.5, shown)
        case .character("+"), .character("="), .character("i"), .character("w"): zoom(0.5, shown)
        case .character("-"), .character("o"), .character("W"): zoom(2, shown)
        case .character("0"): (window, follows) = (nil, false)
        case .character("F"): follows.toggle()
        case .home, .character("g"): jumpToEdge(isEnd: false, shown)
        case .end, .character("G"): jumpToEdge(isEnd: true, shown)
        case .character("n"): return jump(1, shown)
        case .character("N"), .character("p"): return jump(-1, shown)
        case .enter:
            if let task = task(shown) { return .open(task) }
            return zoomToTasks(shown)
        default: return list.take(key, page: rows) ? .done : .unknown
        }
        return .done
    }

    /// The wheel zooms where the pointer is.
    mutating func wheel(isUp: Bool, column: Int, _ shown: ShownRun) {
        place(column: column)
        zoom(isUp ? 0.5 : 2, shown)
    }

    /// Puts the cursor where the mouse was pressed.
    mutating func click(column: Int, row: Int) {
        place(column: column)
        guard rowLanes.indices.contains(row - 1), let lane = rowLanes[row - 1] else { return }
        list.selected = lane
    }

    private mutating func place(column: Int) {
        target = nil
        self.column = max(0, min(barColumns - 1, column - TimelineView.labelWidth - 1))
    }

    // MARK: Window

    private func current(_ shown: ShownRun) -> Range<UInt64> {
        let whole = max(1, shown.run.duration)
        guard let window else { return min(shown.beginning, whole - 1)..<whole }
        let length = min(whole, max(1, window.upperBound - window.lowerBound))
        let from = follows ? whole - length : min(window.lowerBound, whole - length)
        return from..<from + length
    }

    private func time(ofColumn column: Int, _ window: Range<UInt64>) -> UInt64 {
        let length = Double(window.upperBound - window.lowerBound)
        return window.lowerBound + UInt64(length * Double(column) / Double(max(1, barColumns)))
    }

    private mutating func set(from: Double, length: Double, _ shown: ShownRun) {
        let whole = Double(max(1, shown.run.duration))
        guard length < whole else {
            window = nil
            return
        }
        let low = UInt64(max(0, min(from, whole - length)))
        window = low..<low + max(1, UInt64(length))
    }

    private mutating func zoom(_ factor: Double, _ shown: ShownRun) {
        let window = current(shown)
        let length = Double(window.upperBound - window.lowerBound)
        let next = max(min(length, Double(barColumns)), length * factor)
        let share = (Double(column) + 0.5) / Double(max(1, barColumns))
        set(from: Double(window.lowerBound) + (length - next) * share, length: next, shown)
        // The task that was jumped to stays under the cursor, wherever in the column it ended.
        if let target, let position = shown.run.tasks.position(of: target) {
            show(shown.run.tasks.entries[position], shown)
        }
    }

    /// Tells the first two of the tasks at the cursor apart, with the cursor on the first.
    private mutating func zoomToTasks(_ shown: ShownRun) -> PaneAnswer {
        let found = tasks(shown).compactMap { shown.task($0) }.sorted { ($0.started ?? 0) < ($1.started ?? 0) }
        guard let first = found.first, let start = first.started else {
            zoom(0.25, shown)
            return .message("no task here")
        }
        let end = found.compactMap { $0.ended ?? $0.started }.max() ?? start
        let length = max(Double(barColumns), Double(end - min(start, end)) * 2)
        set(from: Double(start - min(start, shown.run.start)) - length / 4, length: length, shown)
        show(first, shown)
        return .message("several tasks in this column; zoomed in on the first two")
    }

    private mutating func pan(_ share: Double, _ shown: ShownRun) {
        follows = false
        let window = current(shown)
        let length = Double(window.upperBound - window.lowerBound)
        set(from: Double(window.lowerBound) + length * share, length: length, shown)
    }

    private mutating func move(by columns: Int, _ shown: ShownRun) {
        column += columns
        if column < 0 || column >= barColumns { pan(columns < 0 ? -0.25 : 0.25, shown) }
        column = max(0, min(barColumns - 1, column))
    }

    private mutating func jumpToEdge(isEnd: Bool, _ shown: ShownRun) {
        follows = false
        let window = current(shown)
        let length = Double(window.upperBound - window.lowerBound)
        set(from: isEnd ? Double(shown.run.duration) : 0, length: length, shown)
        column = isEnd ? barColumns - 1 : 0
    }

    /// Shows a time in the middle, if it is not on the screen, and puts the cursor on it.
    mutating func show(_ task: TaskEntry, _ shown: ShownRun) {
        let run = shown.run
        let at = task.ended ?? task.started ?? task.submitted ?? run.start
        let offset = at > run.start ? at - run.start : 0
        var window = current(shown)
        if !window.contains(offset) {
            follows = false
            let length = Double(window.upperBound - window.lowerBound)
            set(from: Double(offset) - length / 2, length: length, shown)
            window = current(shown)
        }
        let share =
            Double(offset - min(offset, window.lowerBound)) / Double(max(1, window.upperBound - window.lowerBound))
        column = max(0, min(barColumns - 1, Int(share * Double(barColumns))))
        target = task.number
        guard let position = run.tasks.position(of: task.number),
            let place = shown.timelines.place(of: UInt32(truncatingIfNeeded: position)),
            let worker = run.workers.firstIndex(where: { $0.id == place.worker }),
            let lane = shown.lanes.lanes.firstIndex(of: .init(worker: worker, level: place.level))
        else { return }
        list.selected = lane
    }

    private mutating func jump(_ direction: Int, _ shown: ShownRun) -> PaneAnswer {
        guard !shown.failed.isEmpty else { return .message("no task failed") }
        let window = current(shown)
        let low = shown.run.start &+ time(ofColumn: column, window)
        let high = shown.run.start &+ time(ofColumn: column + 1, window)
        func end(_ position: UInt32) -> UInt64 { shown.task(position)?.ended ?? 0 }
        let next =
            direction > 0
            ? shown.failed.first { end($0) >= max(high, low + 1) } : shown.failed.last { end($0) < low }
        guard let next, let task = shown.task(next) else {
            return .message(direction > 0 ? "no later failure" : "no earlier failure")
        }
        show(task, shown)
        return .message("\(shown.run.path(of: task)) failed")
    }

    // MARK: What is at the cursor

    private func cursorTimes(_ shown: ShownRun) -> (from: UInt64, to: UInt64) {
        let window = current(shown)
        let low = shown.run.start &+ time(ofColumn: column, window)
        return (low, max(low, shown.run.start &+ time(ofColumn: column + 1, window)))
    }

    private func lane(_ shown: ShownRun) -> (worker: Run.Worker, level: Int)? {
        guard shown.lanes.lanes.indices.contains(list.selected) else { return nil }
        let lane = shown.lanes.lanes[list.selected]
        return (shown.run.workers[lane.worker], lane.level)
    }

    private func tasks(_ shown: ShownRun) -> [UInt32] {
        guard let lane = lane(shown) else { return [] }
        let (low, high) = cursorTimes(shown)
        if let target, let position = shown.run.tasks.position(of: target) {
            return [UInt32(truncatingIfNeeded: position)]
        }
        return shown.timelines.tasks(on: lane.worker.id, level: lane.level, from: low, to: high, limit: 2)
    }

    /// The one task at the cursor.
    private func task(_ shown: ShownRun) -> UInt32? {
        let found = tasks(shown)
        return found.count == 1 ? found[0] : nil
    }
}

// MARK: - Drawing

extension TimelinePane {
    mutating func lines(_ context: PaneContext) -> [StyledText] {
        let run = context.run
        guard !run.workers.isEmpty else { return [StyledText("no worker yet", .dim)] }
        let window = current(context.shown)
        let view = TimelineView(run: run, filter: TaskFilter().bound(to: run), screen: context.screen)
        barColumns = view.barWidth
        column = min(column, barColumns - 1)
        rows = max(1, context.rows - 3)
        let items = settle(context.shown.lanes)
        let lanes = context.shown.lanes.lanes
        var workers: [Int] = []
        for case .lane(let lane) in items where workers.last != lanes[lane].worker {
            workers.append(lanes[lane].worker)
        }
        let timeline = context.shown.timelines.timeline(
            from: run.start &+ window.lowerBound, to: run.start &+ window.upperBound, columns: barColumns,
            workers: workers)
        let axis = TimeAxis(from: window.lowerBound, to: window.upperBound, columns: barColumns)
        var lines = [heading(window, timeline, context)]
        rowLanes = []
        for item in items {
            let before = lines.count
            switch item {
            case .pool(let pool): lines.append(view.poolHeading(pool))
            case .lane(let place):
                let lane = lanes[place]
                guard let row = workers.firstIndex(of: lane.worker) else { continue }
                lines.append(
                    line(
                        view.line(timeline.rows[row], level: lane.level, of: timeline.to - timeline.from), view.screen,
                        isSelected: place == list.selected))
                rowLanes.append(place)
                continue
            case .queue(let pool): lines += timeline.queued[pool].map(view.queueLine) ?? []
            case .idleWorkers(let numbers): lines += view.idleLine(numbers)
            case .idlePools: lines += context.shown.lanes.idle.line(width: view.screen.width)
            }
            rowLanes += Array(repeating: nil, count: lines.count - before)
        }
        lines = Array(lines.prefix(max(0, context.rows - 2)))
        lines.append(view.axisLine(axis))
        lines.append(cursorLine(context))
        let legend = view.legend(timeline)
        if lines.count + 1 + legend.count <= context.rows { lines += [StyledText()] + legend }
        return lines
    }

    private mutating func settle(_ lanes: TimelineLanes) -> [Item] {
        list.settle(count: lanes.lanes.count, rows: max(1, rows - 2))
        var items: [Item] = []
        for pool in lanes.pools where pool.lanes.upperBound > list.top {
            guard items.count < rows else { return items }
            items.append(.pool(pool.number))
            for place in max(list.top, pool.lanes.lowerBound)..<pool.lanes.upperBound where items.count < rows {
                items.append(.lane(place))
            }
            if items.count < rows, !pool.idle.isEmpty { items.append(.idleWorkers(pool.idle)) }
            items.append(.queue(pool.number))
        }
        if items.count < rows, lanes.idle.count > 0 { items.append(.idlePools) }
        return items
    }

    private func line(_ line: StyledText, _ screen: Screen, isSelected: Bool) -> StyledText {
        guard isSelected else { return line }
        // Without colours nothing is reversed either.
        let mark = screen.style.isColoured ? nil : "^"
        return line.marked().selecting(column: TimelineView.labelWidth + 1 + column, as: mark)
    }

    private func heading(_ window: Range<UInt64>, _ timeline: Timeline, _ context: PaneContext) -> StyledText {
        var line = StyledText("from ", .dim)
        line.append(DurationText.text(nanoseconds: window.lowerBound))
        line.append(" to ", .dim)
        line.append(DurationText.text(nanoseconds: window.upperBound))
        line.append(", a column is \(DurationText.text(nanoseconds: timeline.nanosecondsPerColumn))", .dim)
        if follows { line.append("  follows", .cyan) }
        return line
    }

    /// What the cursor stands on, in words.
    private func cursorLine(_ context: PaneContext) -> StyledText {
        let shown = context.shown
        guard let (worker, level) = lane(shown) else { return StyledText() }
        let low = cursorTimes(shown).from
        var line = StyledText("at ", .dim)
        line.append(DurationText.text(nanoseconds: low - shown.run.start))
        line.append(" on worker \(worker.number)\(level > 0 ? ", level \(level)" : ""): ", .dim)
        let found = tasks(shown)
        guard let first = found.first, let task = shown.task(first) else {
            line.append("no task")
            return line
        }
        guard found.count == 1 else {
            line.append("several tasks")
            return line
        }
        let state = shown.run.state(of: task)
        line.append(TerminalText.escape(shown.run.path(of: task)))
        if let name = shown.run.name(of: task) {
            line.append(" \"\(TerminalText.escape(name.prefix(100)))\"", .cyan)
        }
        line.append(" \(state.rawValue)", SummaryView.paint(state))
        if let time = shown.run.runTime(of: task) { line.append(", ran \(DurationText.text(nanoseconds: time))") }
        return line
    }
}
