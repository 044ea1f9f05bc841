internal import PoolModel
public import TraceAnalysis

/// Two runs beside each other, as text.
public struct DifferenceView {
    private let difference: RunDifference
    private let ignored: Set<RunDifference.Aspect>
    private let screen: Screen

    /// Makes a view of what two runs differ in, without what is ignored.
    public init(_ difference: RunDifference, ignoring ignored: Set<RunDifference.Aspect> = [], screen: Screen) {
        self.difference = difference
        self.ignored = ignored
        self.screen = screen
    }

    private static let shownTasks = 20
    private static let startsBefore = 2
    private static let startsAfter = 8

    private var left: Run { difference.left }
    private var right: Run { difference.right }

    /// The text, which ends with a newline, and every part of which is escaped.
    public var text: String {
        var sections = [head(left, "A") + head(right, "B") + summary]
        if !ignored.contains(.order) { sections.append(order) }
        if !ignored.contains(.tasks) {
            sections.append(only(difference.onlyLeft, of: left, "only in A"))
            sections.append(only(difference.onlyRight, of: right, "only in B"))
        }
        if !ignored.contains(.outcomes) { sections.append(outcomes) }
        if !ignored.contains(.times) { sections.append(times) }
        return sections.filter { !$0.isEmpty }.map { lines in
            lines.map { $0.rendered(screen.style) + "\n" }.joined()
        }.joined(separator: "\n")
    }

    // MARK: Head

    private func head(_ run: Run, _ letter: String) -> [StyledText] {
        var title = StyledText("\(letter)  ", .bold)
        let command = run.process.map { $0.arguments.isEmpty ? $0.executable : $0.arguments } ?? "an unknown process"
        title.append(TerminalText.cut(TerminalText.escape(command), to: screen.width - 3), .bold)
        let bound = TaskFilter().bound(to: run)
        let summary = SummaryView(run: run, filter: bound, isFiltered: false, screen: screen)
        return [title] + StyledText.labelled("trace", TerminalText.escape(run.trace), on: screen) + summary.modeLines
    }

    private var summary: [StyledText] {
        var lines = [StyledText()] + StyledText.labelled("tasks", counts, separator: ", ", on: screen)
        if [left, right].contains(where: { $0.loss.overwritten > 0 || $0.loss.discarded > 0 }) {
            lines += StyledText.labelled(
                "warning", "events are missing from at least one trace, so tasks, outcomes and starts may be missing",
                .yellow, on: screen)
        }
        if !ignored.contains(.times), !difference.comparesTimes {
            lines += StyledText.labelled(
                "times", "not compared, because only one of the runs is serial", .dim, on: screen)
        }
        let differs = difference.aspects.subtracting(ignored)
        if differs.isEmpty {
            lines += StyledText.labelled("the runs", "are the same", .green, on: screen)
        } else {
            let words = RunDifference.Aspect.allCases.filter(differs.contains).map(\.rawValue).joined(separator: ", ")
            lines += StyledText.labelled("the runs", "differ in \(words)", .yellow, on: screen)
        }
        return lines
    }

    private var counts: [StyledText] {
        var parts = [StyledText("\(difference.common) in both")]
        if !difference.onlyLeft.isEmpty { parts.append(StyledText("\(difference.onlyLeft.count) only in A", .yellow)) }
        if !difference.onlyRight.isEmpty {
            parts.append(StyledText("\(difference.onlyRight.count) only in B", .yellow))
        }
        return parts
    }

    // MARK: Order

    private var order: [StyledText] {
        guard let divergence = difference.divergence else { return [] }
        let first = max(0, divergence.alike - Self.startsBefore)
        let longest = max(left.startOrder.count, right.startOrder.count)
        let places = first..<min(longest, divergence.alike + Self.startsAfter)
        let cells = places.map { place in
            let isFirst = place == divergence.alike
            let paint = isFirst ? StyledText.Paint.yellow : .plain
            return [
                TextTable.Cell((isFirst ? "> " : "") + "\(place + 1)", paint),
                start(place, of: left, paint), start(place, of: right, paint),
            ]
        }
        let table = TextTable(
            [
                TextTable.Column(title: "start", isNumber: true), TextTable.Column(title: "A"),
                TextTable.Column(title: "B"),
            ], rows: cells, on: screen)
        let alike =
            divergence.alike == 0 ? "from the first start on" : "after \(Counted.text(divergence.alike, "start"))"
        var lines =
            [
                StyledText(TerminalText.cut("order of starts: differs \(alike)", to: screen.width), .bold),
                table.heading,
            ] + cells.map(table.line)
        if places.upperBound < longest { lines.append(StyledText("  and \(longest - places.upperBound) more", .dim)) }
        return lines
    }

    private func start(_ place: Int, of run: Run, _ paint: StyledText.Paint) -> TextTable.Cell {
        guard place < run.startOrder.count else { return TextTable.Cell("-", paint) }
        return called(Int(run.startOrder[place]), in: run, paint)
    }

    private func called(_ position: Int, in run: Run, _ paint: StyledText.Paint = .plain) -> TextTable.Cell {
        let task = run.tasks.entries[position]
        let name = run.name(of: task).map { TerminalText.escape($0.prefix(100)) }
        return .path(TerminalText.escape(run.path(of: task)), name: name, paint)
    }

    // MARK: Tasks

    private func only(_ positions: [UInt32], of run: Run, _ title: String) -> [StyledText] {
        guard !positions.isEmpty else { return [] }
        let details = TaskDetails(run)
        let cells = positions.prefix(Self.shownTasks).map { position in
            let task = run.tasks.entries[Int(position)]
            let state = run.state(of: task)
            return [
                TextTable.Cell(state.rawValue, SummaryView.paint(state)),
                called(Int(position), in: run),
                TextTable.Cell(TerminalText.escape(details.text(.site, task)?.prefix(200) ?? "-")),
            ]
        }
        let columns = [
            TextTable.Column(title: "state"), TextTable.Column(title: "task"), TextTable.Column(title: "site", rank: 1),
        ]
        return lines(title, columns, cells, of: positions.count)
    }

    private var outcomes: [StyledText] {
        guard !difference.outcomes.isEmpty else { return [] }
        let details = (TaskDetails(left), TaskDetails(right))
        let cells = difference.outcomes.prefix(Self.shownTasks).map { pair in
            let (mine, other) = (left.tasks.entries[Int(pair.left)], right.tasks.entries[Int(pair.right)])
            let (state, otherState) = (left.state(of: mine), right.state(of: other))
            let error = details.1.error(of: other) ?? details.0.error(of: mine)
            return [
                called(Int(pair.left), in: left),
                TextTable.Cell(state.rawValue, SummaryView.paint(state)),
                TextTable.Cell(otherState.rawValue, SummaryView.paint(otherState)),
                TextTable.Cell(error.map { TerminalText.escape($0.prefix(300)) } ?? "-"),
            ]
        }
        let columns = [
            TextTable.Column(title: "task"), TextTable.Column(title: "A", least: 9),
            TextTable.Column(title: "B", least: 9), TextTable.Column(title: "error", rank: 1),
        ]
        return lines("outcomes that changed", columns, cells, of: difference.outcomes.count)
    }

    // MARK: Times

    private var times: [StyledText] {
        guard !difference.times.isEmpty else { return [] }
        let cells = difference.times.prefix(Self.shownTasks).map { times in
            let paint: StyledText.Paint =
                switch times.verdict {
                case .slower: .red
                case .faster: .green
                case .alike, .tooFew: .plain
                }
            return [
                TextTable.Cell(
                    TerminalText.escape(RunStatistics.Group.name(times.group).title(in: left).prefix(200)), .cyan),
                TextTable.Cell("\(times.counts.left)"), TextTable.Cell("\(times.counts.right)"),
                TextTable.Cell(DurationText.text(nanoseconds: times.medians.left)),
                TextTable.Cell(DurationText.text(nanoseconds: times.medians.right)),
                TextTable.Cell(times.p.map(Self.probability) ?? "-"),
                TextTable.Cell(times.superiority.map { StatsView.percent($0) } ?? "-"),
                TextTable.Cell(times.verdict.rawValue, paint),
            ]
        }
        let columns = [
            TextTable.Column(title: "name"), TextTable.Column(title: "A", isNumber: true, rank: 3),
            TextTable.Column(title: "B", isNumber: true, rank: 4),
            TextTable.Column(title: "median A", isNumber: true, rank: 1),
            TextTable.Column(title: "median B", isNumber: true, rank: 1),
            TextTable.Column(title: "p", isNumber: true, rank: 2),
            TextTable.Column(title: "B > A", isNumber: true, rank: 5), TextTable.Column(title: "B is"),
        ]
        return lines("run times by name", columns, cells, of: difference.times.count)
            + StyledText.labelled(
                "",
                "Mann-Whitney U, two-sided, Holm's correction; slower or faster: p < 0.01, medians 10 % apart, 57 % of pairs. "
                    + "This compares two runs, not two programs; record more runs before you draw a conclusion.", .dim,
                on: screen)
    }

    private static func probability(_ p: Double) -> String {
        if p < 0.0001 { return "< 0.0001" }
        let digits = String(Int((p * 10_000).rounded()))
        return p >= 0.99995 ? "1" : "0." + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private func lines(
        _ title: String, _ columns: [TextTable.Column], _ cells: [[TextTable.Cell]], of count: Int
    ) -> [StyledText] {
        let table = TextTable(columns, rows: cells, on: screen)
        var lines = [StyledText(title, .bold), table.heading] + cells.map(table.line)
        if count > cells.count {
            lines.append(StyledText("  and \(count - cells.count) more: --format json has all", .dim))
        }
        return lines
    }
}
