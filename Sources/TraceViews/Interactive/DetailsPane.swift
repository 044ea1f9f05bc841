internal import PoolModel
internal import TraceAnalysis

/// All that is known of one task: times, parents, children, waits, what ran beside it, and its failure's report.
struct DetailsPane {
    /// A line, and the task that it speaks of, if it is another.
    private struct Entry {
        let line: StyledText
        var task: UInt32?
    }

    /// The tasks opened, the last one shown: Backspace goes back.
    private(set) var history: [UInt64] = []
    private var list = ListPosition()
    private var entries: [Entry] = []
    private var madeFor: (task: UInt64, columns: Int)?
    private var rows = 20

    static let keys = ["jk move", "Enter that task", "Backspace back", "t timeline", "Esc list"]
    private static let shownRelatives = 12
    private static let shownAnnotations = 100

    var task: UInt64? { history.last }

    mutating func open(_ number: UInt64) {
        if history.last != number { history.append(number) }
        if history.count > 100 { history.removeFirst() }
        forget()
        list = ListPosition()
    }

    /// The run is another one.
    mutating func forget() { madeFor = nil }

    mutating func take(_ key: InputEvent.Key, _ shown: ShownRun) -> PaneAnswer {
        switch key {
        case .enter:
            guard entries.indices.contains(list.selected), let task = entries[list.selected].task else {
                return .message("no other task on this line")
            }
            return .open(task)
        case .backspace, .left, .character("h"):
            guard history.count > 1 else { return .message("no task was shown before") }
            history.removeLast()
            forget()
            list = ListPosition()
        case .tab: return .unknown
        default: return list.take(key, page: rows) ? .done : .unknown
        }
        return .done
    }

    mutating func wheel(isUp: Bool) { list.selected += isUp ? -3 : 3 }

    mutating func click(row: Int) { list.selected = list.top + row }

    mutating func lines(_ context: PaneContext) -> [StyledText] {
        guard let number = task else {
            return [StyledText("no task is open; Enter opens one in the timeline, the tasks or the failures", .dim)]
        }
        if madeFor?.task != number || madeFor?.columns != context.columns {
            entries = Maker(context).entries(number)
            madeFor = (number, context.columns)
        }
        rows = context.rows
        list.settle(count: entries.count, rows: rows)
        return entries.indices[list.top..<min(entries.count, list.top + rows)].map { place in
            let line = entries[place].line
            return place == list.selected ? line.marked().selected(to: context.columns) : line
        }
    }

    /// Makes the lines.
    private struct Maker {
        let context: PaneContext
        var run: Run { context.run }

        init(_ context: PaneContext) { self.context = context }

        func entries(_ number: UInt64) -> [Entry] {
            guard let position = run.tasks.position(of: number) else {
                return [Entry(line: StyledText(" this task is no longer in the part of the run that was read", .dim))]
            }
            let task = run.tasks.entries[position]
            return about(task) + said(by: task) + parents(of: task) + children(of: task) + waits(of: task)
                + beside(task, at: position)
                + report(of: task)
        }

        private func about(_ task: TaskEntry) -> [Entry] {
            let state = run.state(of: task)
            var title = StyledText(" " + TerminalText.escape(run.path(of: task)), .bold)
            if let name = run.name(of: task) { title.append(" \"\(TerminalText.escape(name.prefix(200)))\"", .cyan) }
            title.append(" " + state.rawValue, SummaryView.paint(state))
            var entries = [Entry(line: title)]
            func add(_ label: String, _ text: String?) {
                guard let text else { return }
                entries.append(Entry(line: Self.labelled(label, text)))
            }
            add("site", run.site(of: task).map { "\($0) in \($0.function)" })
            let pool = run.pool(task.pool).map { "\"\($0.name)\"" } ?? "unknown"
            add("ran on", "worker \(context.shown.workerText(task)) of pool \(pool)")
            add("submitted", task.submitted.map(offset))
            add("started", task.started.map(offset))
            add("ended", task.ended.map(offset))
            add("queue wait", task.queueWait.map { DurationText.text(nanoseconds: $0) })
            add("run time", run.runTime(of: task).map { DurationText.text(nanoseconds: $0) })
            add(
                "of which",
                run.timeSplit(of: task).map { split in
                    func text(_ time: UInt64) -> String { DurationText.text(nanoseconds: time) }
                    return "on CPU \(text(split.onCPU)), ready \(text(split.ready)), blocked \(text(split.blocked))"
                })
            add("turnaround", task.turnaround.map { DurationText.text(nanoseconds: $0) })
            if let suspensions = run.suspensions[task.number] {
                add("suspended", Counted.text(suspensions.count, "time"))
            }
            add("input", run.input(ofTask: task.number).map { TerminalText.escape($0.prefix(500)) })
            return entries
        }

        /// What it said of itself, with what it said in a span behind that, further in.
        private func said(by task: TaskEntry) -> [Entry] {
            let said = run.annotations(of: task.number)
            var open: [UInt64] = []
            let entries = said.prefix(DetailsPane.shownAnnotations).map { annotation in
                while let end = open.last, end <= annotation.time { open.removeLast() }
                var line = StyledText("   ")
                line.append(offset(annotation.time), .dim)
                line.pad(to: 26)
                line.append(String(repeating: "  ", count: min(open.count, 20)))
                line.append(TerminalText.escape(run.text(of: annotation).prefix(500)))
                if case .span(let end, _) = annotation.content { open.append(end) }
                return Entry(line: line)
            }
            return titled("said", entries, more: said.count - entries.count)
        }

        private func parents(of task: TaskEntry) -> [Entry] {
            var entries: [Entry] = []
            var number = task.parent
            // A damaged trace may go round in circles.
            while entries.count < DetailsPane.shownRelatives, number != 0, let place = run.tasks.position(of: number) {
                entries.append(link(place))
                number = run.tasks.entries[place].parent
            }
            return titled("parents", entries, more: 0)
        }

        private func children(of task: TaskEntry) -> [Entry] {
            let (first, count) = run.children(of: task.number, limit: DetailsPane.shownRelatives)
            return titled("children", first.map(link), more: count - first.count)
        }

        private func waits(of task: TaskEntry) -> [Entry] {
            var entries: [Entry] = []
            var count = 0
            for wait in run.waits where wait.task == task.number || wait.awaited == task.number {
                count += 1
                guard entries.count < DetailsPane.shownRelatives else { continue }
                let isOwn = wait.task == task.number
                let time = wait.ended.map { DurationText.text(nanoseconds: $0 - wait.start) } ?? "until the trace ends"
                let other = isOwn ? wait.awaited : wait.task
                let text =
                    isOwn
                    ? "waited for \(run.path(ofTask: other)), \(time)"
                    : "\(run.path(ofTask: other)) waited for this task, \(time)"
                entries.append(
                    Entry(
                        line: StyledText("   " + TerminalText.escape(text)),
                        task: run.tasks.position(of: other).map { UInt32(truncatingIfNeeded: $0) }))
            }
            return titled("waits", entries, more: count - entries.count)
        }

        /// What its worker ran before and after it, and what other workers ran meanwhile.
        private func beside(_ task: TaskEntry, at position: Int) -> [Entry] {
            guard let started = task.started else { return [] }
            let index = context.shown.timelines
            let ended = max(started, task.ended ?? run.end)
            let (before, after) = index.neighbours(of: UInt32(truncatingIfNeeded: position))
            let meanwhile = index.tasks(from: started, to: ended, limit: DetailsPane.shownRelatives + 1) {
                $0.worker != task.worker
            }
            return titled("before, on its worker", before.map { [link(Int($0))] } ?? [], more: 0)
                + titled(
                    "meanwhile, on other workers", meanwhile.prefix(DetailsPane.shownRelatives).map { link(Int($0)) },
                    more: meanwhile.count > DetailsPane.shownRelatives ? 1 : 0, isExact: false)
                + titled("after, on its worker", after.map { [link(Int($0))] } ?? [], more: 0)
        }

        private func report(of task: TaskEntry) -> [Entry] {
            guard let failure = context.shown.failures[task.number] else { return [] }
            let report =
                context.shown.reports.first { $0.failure.number == failure.number }
                ?? run.report(on: failure)
            let lines = report.text(run: run.reportRun).split(separator: "\n", omittingEmptySubsequences: false)
            return titled(
                "report",
                lines.dropLast().flatMap { context.wrapped(String($0)) }.map { Entry(line: StyledText("   " + $0)) },
                more: 0)
        }

        private func link(_ place: Int) -> Entry {
            let task = run.tasks.entries[place]
            let state = run.state(of: task)
            var line = StyledText("   ")
            if task.isMap {
                line.append(cell: "map", 12, .dim)
            } else {
                line.append(cell: state.rawValue, 12, SummaryView.paint(state))
            }
            line.append(TerminalText.escape(run.path(of: task)))
            line.append(" \"\(TerminalText.escape(run.title(of: task).prefix(100)))\"", .cyan)
            if let time = run.runTime(of: task) { line.append(", \(DurationText.text(nanoseconds: time))") }
            if task.worker != TaskEntry.noWorker { line.append(" on worker \(context.shown.workerText(task))", .dim) }
            return Entry(line: line, task: UInt32(truncatingIfNeeded: place))
        }

        private func titled(_ title: String, _ entries: [Entry], more: Int, isExact: Bool = true) -> [Entry] {
            guard !entries.isEmpty else { return [] }
            var all = [Entry(line: StyledText(" " + title, .bold))] + entries
            if more > 0 { all.append(Entry(line: StyledText(isExact ? "   and \(more) more" : "   and more", .dim))) }
            return all
        }

        private func offset(_ time: UInt64) -> String {
            time >= run.start
                ? DurationText.text(nanoseconds: time - run.start) + " into the run"
                : DurationText.text(nanoseconds: run.start - time) + " before the run"
        }

        private static func labelled(_ label: String, _ text: String) -> StyledText {
            var line = StyledText("   ")
            line.append(label, .dim)
            line.pad(to: 15)
            line.append(TerminalText.escape(text.prefix(500)))
            return line
        }
    }
}
