internal import PoolModel
public import TraceAnalysis

/// What bound a run's makespan, as text: the chain of tasks and waits, and what shortening each would gain.
public struct CriticalPathView {
    private let run: Run
    private let path: CriticalPath
    private let screen: Screen
    /// The hottest function of each name, where stacks were sampled.
    private let hottest: [TaskTimes.Group: String]

    /// Makes a view of a run's critical path.
    public init(_ run: Run, screen: Screen) {
        self.run = run
        let names = run.samples.all.isEmpty ? [] : Profile(run, aspect: .cpu).names
        hottest = Dictionary(
            names.map { ($0.group, $0.functions.first?.frame.function ?? "") }, uniquingKeysWith: { first, _ in first })
        self.path = CriticalPath(run)
        self.screen = screen
    }

    private static let shownSegments = 40

    /// The text, which ends with a newline, and every part of which is escaped.
    public var text: String {
        var lines = [StyledText(TerminalText.cut(title, to: screen.width), .bold)]
        lines += StyledText.labelled("trace", TerminalText.escape(run.trace), on: screen)
        guard !path.segments.isEmpty else {
            lines += StyledText.labelled("", "no task ended, so there is no critical path", .yellow, on: screen)
            return rendered(lines)
        }
        lines += StyledText.labelled("makespan", makespan, on: screen)
        lines += StyledText.labelled("parts", shares, separator: ", ", on: screen)
        lines += StyledText.labelled("gain", limits, on: screen)
        if let open = run.counts()[.notEnded] {
            lines += StyledText.labelled(
                "warning", "\(Counted.text(open, "task")) did not end; this is the chain of the others", .yellow,
                on: screen)
        }
        lines.append(StyledText())
        lines += parts(
            "by name",
            path.names.map { part in
                let title = RunStatistics.Group.name(part.subject).title(in: run).prefix(200)
                return (
                    TextTable.Cell(TerminalText.escape(title), .cyan), part.tasks, part.onPath, part.gain,
                    hottest[part.subject] ?? ""
                )
            })
        lines.append(StyledText())
        lines += parts("by task", path.tasks.map { (cell($0.subject, .cyan), $0.tasks, $0.onPath, $0.gain, "") })
        lines.append(StyledText())
        return rendered(lines + chain)
    }

    private func rendered(_ lines: [StyledText]) -> String {
        lines.map { $0.rendered(screen.style) + "\n" }.joined()
    }

    private var title: String {
        let command = run.process.map { $0.arguments.isEmpty ? $0.executable : $0.arguments }
        return "critical path of " + TerminalText.escape(command ?? "an unknown process")
    }

    // MARK: Summary

    private var makespan: String {
        "\(DurationText.text(nanoseconds: path.makespan)) from the first submission to the last end"
    }

    private var shares: [StyledText] {
        let inTasks = path.segments.reduce(UInt64(0)) { $0 &+ (isTask($1) && $1.kind == .run ? $1.length : 0) }
        let outside = path.time(of: .run) - inTasks
        let parts: [(UInt64, String)] = [
            (inTasks, "in tasks" + split(of: inTasks)), (outside, "outside the pools"),
            (path.time(of: .handover), "hand-over"),
            (path.time(of: .report), "failure reports"),
            (path.time(of: .wakeup), "wake-up"), (path.time(of: .wait), "waiting for unknown events"),
        ]
        return parts.filter { $0.0 > 0 }.map { StyledText("\(DurationText.text(nanoseconds: $0)) \($1)") }
    }

    /// ` (12.0 ms on CPU, 3.00 ms ready, 85.0 ms blocked)`, of as much as was measured.
    private func split(of time: UInt64) -> String {
        let split = path.split
        guard split.total > 0 else { return "" }
        let unmeasured = time - min(time, split.total)
        let parts: [(UInt64, String)] = [
            (split.onCPU, "on CPU"), (split.ready, "ready"), (split.blocked, "blocked"), (unmeasured, "not measured"),
        ]
        let texts = parts.filter { $0.0 > 0 }.map { "\(DurationText.text(nanoseconds: $0.0)) \($0.1)" }
        return " (\(texts.joined(separator: ", ")))"
    }

    /// `: 12.0 ms blocked` of a task that was off its processor for a tenth of its time or more.
    private static func offCPU(_ segment: CriticalPath.Segment) -> String {
        guard let split = segment.split else { return "" }
        let parts = [(split.ready, "ready"), (split.blocked, "blocked")].filter { $0.0 >= max(1, split.total / 10) }
        guard !parts.isEmpty else { return "" }
        return ": " + parts.map { "\(DurationText.text(nanoseconds: $0.0)) \($0.1)" }.joined(separator: ", ")
    }

    private func isTask(_ segment: CriticalPath.Segment) -> Bool {
        run.tasks.position(of: segment.task).map { run.tasks.entries[$0].started != nil } ?? false
    }

    private var limits: String {
        let workers = DurationText.text(nanoseconds: path.gainOfWorkers)
        let handover = DurationText.text(nanoseconds: path.gainOfHandover)
        return "at most \(workers) with more workers, at most \(handover) with immediate hand-over and wake-up"
    }

    // MARK: Parts

    private func parts(
        _ title: String, _ parts: [(title: TextTable.Cell, tasks: Int, onPath: UInt64, gain: UInt64, hottest: String)]
    ) -> [StyledText] {
        let hasHottest = parts.contains { !$0.hottest.isEmpty }
        let columns =
            [
                TextTable.Column(title: title, least: 10), TextTable.Column(title: "tasks", isNumber: true, rank: 2),
                TextTable.Column(title: "on the path", isNumber: true),
                TextTable.Column(title: "share", isNumber: true, rank: 1),
                TextTable.Column(title: "max gain", isNumber: true),
            ] + (hasHottest ? [TextTable.Column(title: "hottest function", rank: 3, least: 16)] : [])
        let cells = parts.map { part in
            [
                part.title, TextTable.Cell("\(part.tasks)"),
                TextTable.Cell(DurationText.text(nanoseconds: part.onPath)),
                TextTable.Cell(StatsView.percent(Double(part.onPath) / Double(max(1, path.makespan)))),
                TextTable.Cell(DurationText.text(nanoseconds: part.gain), part.gain > 0 ? .green : .plain),
            ] + (hasHottest ? [TextTable.Cell(TerminalText.escape(part.hottest.prefix(200)))] : [])
        }
        let table = TextTable(columns, rows: cells, on: screen)
        return [table.heading] + cells.map(table.line)
    }

    // MARK: Chain

    /// The segments in the order of time; of many those that are longest.
    private var chain: [StyledText] {
        let longest = path.segments.indices.sorted { path.segments[$0].length > path.segments[$1].length }
        let shown = longest.prefix(Self.shownSegments).sorted()
        let cells = shown.map { place in
            let segment = path.segments[place]
            return [
                TextTable.Cell(DurationText.text(nanoseconds: segment.start - path.start)),
                TextTable.Cell(DurationText.text(nanoseconds: segment.length)),
                cell(segment.task, segment.kind == .run ? .plain : .dim, then: described(segment)),
            ]
        }
        let columns = [
            TextTable.Column(title: "at", isNumber: true), TextTable.Column(title: "for", isNumber: true),
            TextTable.Column(title: "chain", least: 10),
        ]
        let table = TextTable(columns, rows: cells, on: screen)
        var lines = [table.heading] + cells.map(table.line)
        if path.segments.count > shown.count {
            let hidden = path.segments.count - shown.count
            lines.append(StyledText("  and \(hidden) shorter: --format json", .dim))
        }
        return lines
    }

    private func described(_ segment: CriticalPath.Segment) -> String {
        switch segment.kind {
        case .run: " runs" + worker(of: segment.task) + Self.offCPU(segment)
        case .handover: " is handed over" + worker(of: segment.task).replacing(" on ", with: " to ")
        case .report: " has failed; its report is made" + worker(of: segment.task)
        case .wakeup: " continues after a wait"
        case .wait: " waits for an unknown event"
        }
    }

    private func worker(of number: UInt64) -> String {
        guard let position = run.tasks.position(of: number), run.tasks.entries[position].started != nil,
            let worker = run.worker(run.tasks.entries[position].worker)
        else { return "" }
        return " on worker \(worker.number)"
    }

    private func cell(_ number: UInt64, _ paint: StyledText.Paint = .plain, then what: String = "") -> TextTable.Cell {
        let name = run.tasks.position(of: number).flatMap { run.name(of: run.tasks.entries[$0]) }
        let path = TerminalText.escape(run.path(ofTask: number))
        return .path(path, name: name.map { TerminalText.escape($0.prefix(100)) }, paint, then: what)
    }
}
