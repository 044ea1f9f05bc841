internal import PoolModel
internal import TraceAnalysis

/// A run in a few lines: program, mode, duration, pools, workers, tasks by outcome, loss.
struct SummaryView {
    let run: Run
    let filter: TaskFilter.Bound
    let isFiltered: Bool
    let screen: Screen

    var lines: [StyledText] {
        var lines = [StyledText(TerminalText.cut(title, to: screen.width), .bold)]
        lines += StyledText.labelled("trace", TerminalText.escape(run.trace), on: screen)
        lines += StyledText.labelled("process", process, separator: ", ", on: screen)
        lines += StyledText.labelled("ended", ending, run.status == 0 ? .plain : .yellow, on: screen)
        if !run.pools.isEmpty { lines += StyledText.labelled("pools", pools, separator: ", ", on: screen) }
        lines += StyledText.labelled("tasks", tasks, separator: ", ", on: screen)
        if !run.suspensions.isEmpty { lines += StyledText.labelled("async", suspended, on: screen) }
        lines += StyledText.labelled("events", events, separator: ", ", on: screen)
        let marks = run.marks.filter { !$0.isSaid }
        for mark in marks.prefix(Self.shownMarks) {
            lines += StyledText.labelled("mark", text(of: mark), on: screen)
        }
        if marks.count > Self.shownMarks {
            lines += StyledText.labelled("", "and \(marks.count - Self.shownMarks) more marks", .dim, on: screen)
        }
        if !run.annotations.isEmpty { lines += StyledText.labelled("said", said, separator: ", ", on: screen) }
        if run.loss.discarded > 0 {
            let count = Counted.text(run.loss.discarded, "event")
            lines += StyledText.labelled(
                "warning", "\(count) discarded; the numbers below are incomplete", .yellow, on: screen)
        }
        for lint in run.lints where lint.kind != .discardedEvents {
            let sentence = TerminalText.cut(TerminalText.escape(lint.sentence.prefix(1000)), to: 4 * screen.width)
            lines += StyledText.labelled("lint", sentence, .yellow, on: screen)
            lines += StyledText.labelled("", "\(lint.kind.rawValue): \(lint.remedy)", .dim, on: screen)
        }
        return lines
    }

    /// Mode, end, pools and tasks alone.
    var modeLines: [StyledText] {
        StyledText.labelled("process", process, separator: ", ", on: screen)
            + StyledText.labelled("ended", ending, run.status == 0 ? .plain : .yellow, on: screen)
            + (run.pools.isEmpty ? [] : StyledText.labelled("pools", pools, separator: ", ", on: screen))
            + StyledText.labelled("tasks", tasks, separator: ", ", on: screen)
    }

    private static let shownMarks = 5

    private var title: String {
        guard let process = run.process else { return "an unknown process" }
        let command = process.arguments.isEmpty ? process.executable : process.arguments
        return TerminalText.escape(command)
    }

    private var process: [StyledText] {
        var parts: [StyledText] = []
        if let pid = run.pid { parts.append(StyledText("\(pid)")) }
        guard let process = run.process else { return parts.isEmpty ? [StyledText("unknown")] : parts }
        parts.append(StyledText(process.isSerial ? "serial" : "parallel"))
        if process.isSerial {
            if !process.strategy.isEmpty {
                parts.append(StyledText(TerminalText.cut(TerminalText.escape(process.strategy), to: 24)))
            }
            if process.seed != 0 { parts.append(StyledText("seed \(process.seed)")) }
            if !run.steps.isEmpty { parts.append(StyledText(Counted.text(UInt64(run.steps.count), "step"))) }
        }
        return parts
    }

    private var ending: String {
        let duration = DurationText.text(nanoseconds: run.duration)
        guard let status = run.status else {
            return "unknown: killed or still running; the last event is \(duration) after the first"
        }
        return "with status \(status) after \(duration)"
    }

    /// The first pools, before others those in which anything ran.
    private var pools: [StyledText] {
        guard run.pools.count > Self.shownPools else { return run.pools.map(described) }
        let busy = Set(run.startOrder.map { run.tasks.entries[Int($0)].pool })
        let pools = run.pools.filter { busy.contains($0.number) } + run.pools.filter { !busy.contains($0.number) }
        let left = pools.dropFirst(Self.shownPools)
        let workers = left.reduce(UInt64(0)) { $0 + UInt64($1.workers) }
        let text = "and \(left.count) more with \(Counted.text(workers, "worker"))"
        return pools.prefix(Self.shownPools).map(described) + [StyledText(text, .dim)]
    }

    private static let shownPools = 8

    private func described(_ pool: Run.Pool) -> StyledText {
        let name = TerminalText.cut(TerminalText.escape(pool.name), to: max(8, screen.width / 3))
        let extra = run.workers.count { $0.pool == pool.number } - Int(pool.workers)
        // A pool of threads has no workers but those that have come.
        if pool.workers == 0 {
            return StyledText("\"\(name)\" of \(Counted.text(UInt64(max(0, extra)), "thread"))")
        }
        let substitutes = extra > 0 ? " and \(Counted.text(UInt64(extra), "substitute"))" : ""
        return StyledText("\"\(name)\" with \(Counted.text(UInt64(pool.workers), "worker"))\(substitutes)")
    }

    private var tasks: [StyledText] {
        let counts = run.counts(where: filter.matches)
        let total = counts.values.reduce(0, +)
        guard total > 0 else { return [StyledText(isFiltered ? nonePasses : "none")] }
        var parts = [StyledText(isFiltered ? "\(total) matching the filters:" : "\(total):")]
        let described = TaskEntry.State.allCases.compactMap { state in
            counts[state].map { StyledText("\($0) \(state.rawValue)", Self.paint(state)) }
        }
        // The total is not one of the list, so it takes no comma.
        guard let first = described.first else { return parts }
        parts[0].append(" ")
        parts[0].append(first)
        return parts + described.dropFirst()
    }

    /// What there is that filters could let pass.
    private var nonePasses: String {
        let all = run.counts().values.reduce(0, +)
        let numbers = run.workers.map(\.number)
        var text = "none matching the filters; the run has \(all)"
        if let first = numbers.min(), let last = numbers.max() {
            text += first == last ? ", on worker \(first)" : ", on workers \(first) to \(last)"
        }
        return text + ", in \(DurationText.text(nanoseconds: run.duration))"
    }

    static func paint(_ state: TaskEntry.State) -> StyledText.Paint {
        switch state {
        case .succeeded: .green
        case .failed: .red
        case .cancelled, .notEnded: .yellow
        case .notStarted, .overwritten: .dim
        }
    }

    private var suspended: String {
        let times = run.suspensions.values.reduce(0) { $0 + $1.count }
        return "\(Counted.text(UInt64(run.suspensions.count), "task")) suspended \(Counted.text(UInt64(times), "time"))"
    }

    private var events: [StyledText] {
        var parts = [StyledText("\(run.loss.shown) shown")]
        if run.loss.overwritten > 0 { parts.append(StyledText("\(run.loss.overwritten) overwritten")) }
        if run.loss.discarded > 0 { parts.append(StyledText("\(run.loss.discarded) discarded", .yellow)) }
        if let keep = run.keep {
            parts.append(StyledText("only the last \(DurationText.text(nanoseconds: keep)) kept"))
        }
        return parts
    }

    /// What tasks said, by its name: `cache miss 12 times`.
    private var said: [StyledText] {
        var counts: [UInt32: Int] = [:]
        for annotation in run.annotations { counts[annotation.name, default: 0] += 1 }
        let names = counts.map { (name: run.name($0.key) ?? "(names that were not kept)", count: $0.value) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        let shown = names.prefix(Self.shownNames).map {
            let name = TerminalText.cut(TerminalText.escape($0.name.prefix(200)), to: max(8, screen.width / 3))
            return StyledText("\(name) \(Counted.text(UInt64($0.count), "time"))")
        }
        let more = names.count - shown.count
        return more > 0 ? shown + [StyledText("and \(more) more", .dim)] : shown
    }

    private static let shownNames = 6

    private func text(of mark: Run.Mark) -> String {
        let time = mark.time > run.start ? mark.time - run.start : 0
        let text = TerminalText.cut(TerminalText.escape(mark.text), to: 2 * screen.width)
        let at = "at \(DurationText.text(nanoseconds: time))"
        guard run.tasks.position(of: mark.task) != nil else { return "\(text) (\(at))" }
        return "\(text) (\(TerminalText.escape(run.path(ofTask: mark.task))), \(at))"
    }
}
