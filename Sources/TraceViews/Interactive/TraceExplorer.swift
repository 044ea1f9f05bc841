public import PoolModel
public import TraceAnalysis

/// The full-screen view of runs as a value: what the user did and what was read go in, frames come out.
///
/// It knows no terminal: the driver of one decodes its input, hands runs over as they are read, and shows the frames.
public struct TraceExplorer: ScreenModel {
    enum Pane: Int, CaseIterable {
        case timeline, tasks, failures, times, task, lints
        var title: String { "\(self)" }
    }

    /// What the user is typing at the bottom.
    struct Prompt {
        enum Purpose { case search, filter }
        let purpose: Purpose
        var text: String
    }

    private(set) var runs: [ShownRun] = []
    /// Runs that came while the view was paused.
    private var waiting: [ShownRun]?
    private var place = 0
    private var source = ViewedSource(name: "")
    private(set) var pane = Pane.timeline
    /// Whether all tabs bear their titles; on a narrow screen the shown pane's alone does.
    private var hasRoomForTitles = true
    private var timeline = TimelinePane()
    private var tasks = TasksPane()
    private var failures = FailuresPane()
    private var times = TimesPane()
    private var details = DetailsPane()
    private var lints = LintsPane()
    private(set) var prompt: Prompt?
    private var message: String?
    private var isPaused = false
    private var showsHelp = false
    private let isUnicode: Bool
    private let style: TerminalStyle

    /// Makes a view of nothing yet.
    ///
    /// - Parameters:
    ///   - name: What is looked at, as the user named it.
    ///   - isUnicode: Whether characters beyond ASCII can be drawn.
    ///   - style: Colours, or none.
    public init(name: String, isUnicode: Bool, style: TerminalStyle) {
        source.name = name
        self.isUnicode = isUnicode
        self.style = style
    }

    private var shown: ShownRun? { runs.indices.contains(place) ? runs[place] : nil }
}

// MARK: - What is looked at

extension TraceExplorer {
    /// Takes runs that were read; a paused view keeps them for later.
    public mutating func show(_ runs: [ShownRun]) {
        if isPaused, !self.runs.isEmpty {
            waiting = runs
            return
        }
        self.runs = runs
        place = max(0, min(place, runs.count - 1))
        forget()
    }

    /// Takes what there is to say of the source.
    public mutating func show(_ source: ViewedSource) {
        let name = self.source.name
        self.source = source
        if source.name.isEmpty { self.source.name = name }
    }

    /// Takes the lints of the runs shown; a view that is paused on others goes without.
    public mutating func show(_ lints: [[Lint]]) {
        func add(to runs: inout [ShownRun]) {
            guard runs.count == lints.count else { return }
            for place in runs.indices { runs[place].lints = lints[place] }
        }
        guard var later = waiting else { return add(to: &runs) }
        add(to: &later)
        waiting = later
    }

    /// The panes that there are: lints only where there are any, as there are none of a run that goes on.
    private var panes: [Pane] { Pane.allCases.filter { $0 != .lints || shown?.lints?.isEmpty == false } }

    private mutating func forget() {
        tasks.forget()
        times.forget()
        details.forget()
    }
}

// MARK: - Input

extension TraceExplorer {
    /// Takes something that the user did.
    public mutating func take(_ event: InputEvent) -> ScreenEffect {
        message = nil
        switch event {
        case .key(.control("c")): return .quit
        case .key(.control("z")): return .suspend
        case .key(let key) where prompt != nil: typed(key)
        case .key(.character("q")): return .quit
        case .key(let key): pressed(key)
        case .wheel(let isUp, let column, let row): wheel(isUp: isUp, column: column, row: row)
        case .click(let column, let row): click(column: column, row: row)
        }
        return .redraw
    }

    private mutating func pressed(_ key: InputEvent.Key) {
        if showsHelp {
            showsHelp = false
            return
        }
        guard let shown else {
            if key == .character("?") { showsHelp = true }
            return
        }
        let answer =
            switch pane {
            case .timeline: timeline.take(key, shown)
            case .tasks: tasks.take(key, shown)
            case .failures: failures.take(key, shown)
            case .times: times.take(key)
            case .task: details.take(key, shown)
            case .lints: lints.take(key, shown)
            }
        switch answer {
        case .done: break
        case .message(let text): message = text
        case .open(let position): open(position, shown)
        case .unknown: everywhere(key, shown)
        }
    }

    /// Keys that mean the same in all panes.
    private mutating func everywhere(_ key: InputEvent.Key, _ shown: ShownRun) {
        switch key {
        case .character("?"): showsHelp = true
        case .tab: turn(1)
        case .backTab: turn(-1)
        case .character("1"), .character("t"): showTimeline(shown)
        case .character("2"): pane = .tasks
        case .character("3"): pane = .failures
        case .character("4"): pane = .times
        case .character("5"): pane = .task
        case .character("6") where panes.contains(.lints): pane = .lints
        case .character("6"): message = "there are no lints"
        case .escape: pane = pane == .task ? .tasks : pane
        case .character("/"): ask(.search)
        case .character("f"): ask(.filter)
        case .character(" "): pause()
        case .character("r"):
            place = runs.isEmpty ? 0 : (place + 1) % runs.count
            forget()
            if runs.count == 1 { message = "there is only one run" }
        case .control("l"): break
        default: message = "unknown key; ? lists the keys"
        }
    }

    private mutating func turn(_ by: Int) {
        let panes = panes
        let place = panes.firstIndex(of: pane) ?? 0
        pane = panes[(place + by + panes.count) % panes.count]
    }

    /// Goes to the timeline, at the task that another pane has selected.
    private mutating func showTimeline(_ shown: ShownRun) {
        let position: UInt32? =
            switch pane {
            case .tasks: tasks.selected(shown)
            case .failures: failures.selected(shown)
            case .lints: lints.selected(shown)
            case .task:
                details.task.flatMap { shown.run.tasks.position(of: $0) }.map { UInt32(truncatingIfNeeded: $0) }
            case .timeline, .times: nil
            }
        if let position, let task = shown.task(position) { timeline.show(task, shown) }
        pane = .timeline
    }

    private mutating func open(_ position: UInt32, _ shown: ShownRun) {
        guard let task = shown.task(position) else { return }
        details.open(task.number)
        tasks.select(task.number)
        pane = .task
    }

    private mutating func pause() {
        isPaused.toggle()
        if !isPaused, let runs = waiting {
            waiting = nil
            show(runs)
        }
    }

    private mutating func wheel(isUp: Bool, column: Int, row: Int) {
        guard prompt == nil, !showsHelp, let shown else { return }
        switch pane {
        case .timeline: timeline.wheel(isUp: isUp, column: column, shown)
        case .tasks: tasks.wheel(isUp: isUp)
        case .failures: failures.wheel(isUp: isUp, row: row - 2)
        case .times: times.wheel(isUp: isUp)
        case .task: details.wheel(isUp: isUp)
        case .lints: lints.wheel(isUp: isUp)
        }
    }

    private mutating func click(column: Int, row: Int) {
        guard prompt == nil, !showsHelp else { return }
        if row == 1 {
            var end = 0
            for other in panes {
                end += tabText(other).count + 1
                if column < end {
                    pane = other
                    return
                }
            }
        }
        switch pane {
        case .timeline: timeline.click(column: column, row: row - 2)
        case .tasks: tasks.click(row: row - 2)
        case .failures: failures.click(row: row - 2)
        case .times, .lints: break
        case .task: details.click(row: row - 2)
        }
    }
}

// MARK: - Prompt

extension TraceExplorer {
    private mutating func ask(_ purpose: Prompt.Purpose) {
        pane = .tasks
        prompt = Prompt(purpose: purpose, text: purpose == .filter ? tasks.filterText : "")
    }

    private mutating func typed(_ key: InputEvent.Key) {
        switch key {
        case .escape: prompt = nil
        case .enter: answer()
        case .backspace: if prompt?.text.popLast() == nil { prompt = nil }
        case .control("u"): prompt?.text = ""
        case .character(let character): if (prompt?.text.count ?? 0) < 200 { prompt?.text.append(character) }
        default: break
        }
    }

    private mutating func answer() {
        guard let prompt, let shown else { return }
        self.prompt = nil
        do {
            switch prompt.purpose {
            case .filter: try tasks.filter(by: prompt.text)
            case .search where prompt.text.allSatisfy { $0 == " " }: break
            case .search:
                if case .message(let text) = try tasks.search(for: prompt.text, shown) { message = text }
            }
        } catch {
            message = error.text
        }
    }
}

// MARK: - Frames

extension TraceExplorer {
    /// The screen as lines, as many as it has rows and none wider than it.
    public mutating func frame(columns: Int, rows: Int) -> [String] {
        let columns = max(1, min(columns, 1000))
        let rows = max(1, min(rows, 1000))
        hasRoomForTitles = panes.reduce(-1) { $0 + $1.title.count + 5 } <= columns
        let screen = Screen(width: columns, isUnicode: isUnicode, style: style)
        let height = max(1, rows - 4)
        var lines = [title(columns), tabs]
        var body: [StyledText]
        if showsHelp {
            body = HelpText.lines
        } else if let shown {
            body = self.body(PaneContext(shown: shown, screen: screen, columns: columns, rows: height))
        } else {
            body = [
                StyledText(source.isReading ? "reading ..." : "no events of a pool", .dim),
                StyledText(TerminalText.escape(source.note.prefix(500)), .yellow),
            ]
        }
        body = Array(body.prefix(height))
        lines += body + Array(repeating: StyledText(), count: height - body.count)
        lines += [status, keys(columns)]
        return lines.suffix(max(rows, 4)).prefix(rows).map { line in
            let cropped = (isUnicode ? line : line.inASCII).cropped(to: columns)
            return cropped.rendered(style)
        }
    }

    private mutating func body(_ context: PaneContext) -> [StyledText] {
        switch pane {
        case .timeline: timeline.lines(context)
        case .tasks: tasks.lines(context)
        case .failures: failures.lines(context)
        case .times: times.lines(context)
        case .task: details.lines(context)
        case .lints: lints.lines(context)
        }
    }

    private func title(_ columns: Int) -> StyledText {
        var right = source.stateText
        if runs.count > 1 { right = "run \(place + 1) of \(runs.count)  " + right }
        if isPaused { right = "paused  " + right }
        if let hottest = shown?.hottest {
            let name = TerminalText.cut(TerminalText.escape(hottest.frame.function), to: max(12, columns / 3))
            right = "hottest: \(name) \(StatsView.percent(hottest.share))  " + right
        }
        let room = max(8, columns - TerminalText.width(right) - 2)
        var line = StyledText(TerminalText.fit(TerminalText.escape(headline.prefix(500)), to: room), .bold)
        line.append("  ")
        line.append(right, source.isReading || isPaused ? .yellow : .dim)
        return line
    }

    private var headline: String {
        guard let process = shown?.run.process else { return source.name }
        let command = process.arguments.isEmpty ? process.executable : process.arguments
        return process.isSerial ? command + " (serial)" : command
    }

    private func tabText(_ tab: Pane) -> String {
        " \(tab.rawValue + 1) " + (tab == pane || hasRoomForTitles ? "\(tab.title) " : "")
    }

    private var tabs: StyledText {
        var line = StyledText()
        for other in panes {
            let text = tabText(other)
            line.append(other == pane ? "[\(text.dropFirst().dropLast())]" : text, other == pane ? .selected : .dim)
            line.append(" ")
        }
        return line
    }

    private var status: StyledText {
        mutating get {
            if let prompt {
                let what = prompt.purpose == .search ? "search: " : "filter: "
                return StyledText(what + TerminalText.escape(prompt.text) + "_", .bold)
            }
            if let message { return StyledText(TerminalText.escape(message.prefix(500)), .yellow) }
            guard let shown else { return StyledText() }
            if pane == .tasks { return StyledText(tasks.status(shown), .dim) }
            return StyledText(summary(shown.run), .dim)
        }
    }

    private func summary(_ run: Run) -> String {
        var parts = [Counted.text(run.tasks.entries.count, "task")]
        if !run.failures.isEmpty { parts.append("\(run.failures.count) failed") }
        parts.append("\(run.loss.shown) events shown")
        if run.loss.overwritten > 0 { parts.append("\(run.loss.overwritten) overwritten") }
        if run.loss.discarded > 0 { parts.append("\(run.loss.discarded) discarded, incomplete") }
        if !source.note.isEmpty { parts.append(TerminalText.escape(source.note.prefix(500))) }
        return parts.joined(separator: ", ")
    }

    /// As many keys as fit, the last two always.
    private static func keys(_ own: [String], _ columns: Int) -> StyledText {
        let always = ["Tab pane", "? help", "q quit"]
        var room = columns - always.reduce(-2) { $0 + $1.utf8.count + 2 }
        let fitting = own.prefix { key in
            room -= key.utf8.count + 2
            return room >= 0
        }
        return StyledText((fitting + always).joined(separator: "  "), .cyan)
    }

    private func keys(_ columns: Int) -> StyledText {
        if prompt != nil {
            return StyledText(
                "Enter applies  Esc cancels  words: failed running waiting worker:2 run>10ms text", .dim)
        }
        let own =
            switch pane {
            case .timeline: TimelinePane.keys
            case .tasks: TasksPane.keys
            case .failures: FailuresPane.keys
            case .times: TimesPane.keys
            case .task: DetailsPane.keys
            case .lints: LintsPane.keys
            }
        return Self.keys(own, columns)
    }
}
