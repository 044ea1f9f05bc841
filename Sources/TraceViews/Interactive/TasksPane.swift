internal import PoolModel
internal import TraceAnalysis

/// The list of tasks: sorted, filtered, searched.
struct TasksPane {
    private(set) var key = TaskOrder.Key.submission
    private(set) var isReversed = false
    private var filter = TaskQuery()
    /// The filter as it was typed.
    private(set) var filterText = ""
    private var search = TaskQuery()
    private var searchText = ""
    private var order: TaskOrder?
    /// How wide the texts of `order` are.
    private var needed: (name: Int, path: Int, error: Int)?
    private var list = ListPosition()
    private var rows = 20
    /// The number of the selected task: it stays selected when the run is read anew.
    private var selectedTask: UInt64?

    static let keys = ["jk move", "/ search", "nN next", "f filter", "s sort", "Enter task", "t timeline", "S reverse"]

    // MARK: Input

    mutating func take(_ key: InputEvent.Key, _ shown: ShownRun) -> PaneAnswer {
        switch key {
        case .character("s"): sort(next: 1)
        case .character("S"):
            isReversed.toggle()
            reorder()
        case .character("n"): return find(1, shown)
        case .character("N"), .character("p"): return find(-1, shown)
        case .enter:
            if let position = selected(shown) { return .open(position) }
            return .message("no task is selected")
        default:
            guard list.take(key, page: rows) else { return .unknown }
            selectedTask = nil
        }
        return .done
    }

    mutating func wheel(isUp: Bool) {
        list.selected += isUp ? -3 : 3
        selectedTask = nil
    }

    mutating func click(row: Int) {
        guard row >= 1 else { return }
        list.selected = list.top + row - 1
        selectedTask = nil
    }

    mutating func filter(by words: String) throws(TaskQuery.WordProblem) {
        filter = try TaskQuery(words: words)
        filterText = words
        reorder()
    }

    mutating func search(for words: String, _ shown: ShownRun) throws(TaskQuery.WordProblem) -> PaneAnswer {
        search = try TaskQuery(words: words)
        searchText = words
        return find(1, shown, includesSelected: true)
    }

    /// The run is another one.
    mutating func forget() { order = nil }

    /// Selects a task, in the order of the trace if it is not among those sorted.
    mutating func select(_ number: UInt64) {
        selectedTask = number
    }

    /// The position of the selected task.
    mutating func selected(_ shown: ShownRun) -> UInt32? {
        var order = ordered(shown)
        let position = order.position(at: max(0, min(list.selected, order.count - 1)))
        self.order = order
        return position
    }

    private mutating func sort(next: Int) {
        let keys = TaskOrder.Key.allCases
        let place = (keys.firstIndex(of: key) ?? 0) + next
        key = keys[place % keys.count]
        reorder()
    }

    private mutating func reorder() {
        order = nil
        list.selected = 0
        selectedTask = nil
    }

    private mutating func ordered(_ shown: ShownRun) -> TaskOrder {
        if let order { return order }
        let made = TaskOrder(shown.run, query: filter, key: key, isReversed: isReversed)
        order = made
        needed = nil
        return made
    }

    private mutating func find(_ direction: Int, _ shown: ShownRun, includesSelected: Bool = false) -> PaneAnswer {
        guard search != TaskQuery() else { return .message("no search text; / asks for it") }
        var order = ordered(shown)
        defer { self.order = order }
        guard order.count > 0 else { return .message("no task is listed") }
        let bound = search.bound(to: shown.run)
        var row = max(0, min(list.selected, order.count - 1))
        for step in 0..<order.count {
            if step > 0 || !includesSelected { row = (row + direction + order.count) % order.count }
            guard let position = order.position(at: row), let task = shown.task(position) else { continue }
            guard bound.matches(task) else { continue }
            list.selected = row
            selectedTask = task.number
            return .done
        }
        return .message("no task matches \(searchText)")
    }
}

// MARK: - Drawing

extension TasksPane {
    /// The columns and how wide each is.
    private struct Widths {
        let name: Int
        let path: Int
        let error: Int
        static let state = 11
        static let worker = 6
        static let time = 10

        /// - Parameter needed: How wide the names, paths and errors of the list are, as far as they were measured.
        init(_ columns: Int, needed: (name: Int, path: Int, error: Int)) {
            // The mark, the state, the worker, two times, and spaces between.
            let rest = max(12, columns - 1 - Self.state - Self.worker - 2 * Self.time - 4)
            let name = max(4, min(needed.name, max(rest * 3 / 10, rest - needed.path - needed.error)))
            let path = max(4, min(needed.path, max(rest * 3 / 10, rest - name - needed.error)))
            (self.name, self.path) = (name, path)
            error = max(0, rest - path - name)
        }
    }

    /// The rows that the columns' widths are made for.
    private static let measuredRows = 1000

    /// How wide the columns of text would be without limit: measured once for each order.
    private mutating func measure(_ order: inout TaskOrder, _ shown: ShownRun) -> (name: Int, path: Int, error: Int) {
        if let needed { return needed }
        var widths = (name: 4, path: 4, error: 0)
        for row in 0..<min(order.count, Self.measuredRows) {
            guard let task = order.position(at: row).flatMap(shown.task) else { break }
            widths.name = max(
                widths.name, TerminalText.width(TerminalText.escape(shown.run.title(of: task).prefix(100))))
            widths.path = max(
                widths.path, TerminalText.width(TerminalText.escape(shown.run.path(of: task).suffix(100))))
            if shown.failures[task.number] != nil { widths.error = 20 }
        }
        needed = widths
        return widths
    }

    mutating func lines(_ context: PaneContext) -> [StyledText] {
        rows = max(1, context.rows - 1)
        var order = ordered(context.shown)
        if let number = selectedTask, let position = context.run.tasks.position(of: number),
            let row = order.row(of: UInt32(truncatingIfNeeded: position))
        {
            list.selected = row
        }
        list.settle(count: order.count, rows: rows)
        let widths = Widths(context.columns, needed: measure(&order, context.shown))
        var lines = [heading(widths)]
        for row in list.top..<max(list.top, min(list.top + rows, order.count)) {
            guard let position = order.position(at: row), let task = context.shown.task(position) else { break }
            let line = self.line(task, widths, context)
            lines.append(row == list.selected ? line.marked().selected(to: context.columns) : line)
            if row == list.selected { selectedTask = task.number }
        }
        if order.count == 0 {
            lines.append(
                StyledText(
                    filter == TaskQuery() ? "no task yet" : "no task matches the filter; f, Enter clears it", .dim))
        }
        self.order = order
        return lines
    }

    /// How the list is made, and where in it one is.
    mutating func status(_ shown: ShownRun) -> String {
        let count = ordered(shown).count
        var text = "\(min(count, list.selected + 1)) of \(Counted.text(count, "task")), by \(key.rawValue)"
        if isReversed { text += " reversed" }
        if filter != TaskQuery() { text += ", filter: \(TerminalText.escape(filterText.prefix(100)))" }
        return text
    }

    private func heading(_ widths: Widths) -> StyledText {
        var line = StyledText(" ")
        line.append(cell: "state", Widths.state + 1, paint(.state))
        line.append(cell: "name", widths.name + 1, paint(.name))
        line.append(cell: "path", widths.path, paint(.submission))
        line.append(right: "worker", Widths.worker + 1, paint(.worker))
        line.append(right: "wait", Widths.time, paint(.wait))
        line.append(right: "run", Widths.time, paint(.run))
        line.append(" ")
        line.append(cell: needed?.error ?? 0 > 0 ? "error" : "", widths.error, .dim)
        return line
    }

    private func paint(_ key: TaskOrder.Key) -> StyledText.Paint { key == self.key ? .bold : .dim }

    private func line(_ task: TaskEntry, _ widths: Widths, _ context: PaneContext) -> StyledText {
        let shown = context.shown
        let state = shown.run.state(of: task)
        var line = StyledText(" ")
        line.append(cell: state.rawValue, Widths.state, SummaryView.paint(state))
        line.append(" ")
        line.append(cell: shown.run.title(of: task), widths.name, .cyan)
        line.append(" ")
        line.append(path: shown.run.path(of: task), widths.path)
        line.append(right: shown.workerText(task), Widths.worker + 1)
        line.append(right: task.queueWait.map { DurationText.text(nanoseconds: $0) } ?? "-", Widths.time)
        line.append(right: shown.run.runTime(of: task).map { DurationText.text(nanoseconds: $0) } ?? "-", Widths.time)
        line.append(" ")
        if let failure = shown.failures[task.number] {
            line.append(cell: "\(failure.type): \(failure.message.prefix(200))", widths.error, .red)
        }
        return line
    }
}
