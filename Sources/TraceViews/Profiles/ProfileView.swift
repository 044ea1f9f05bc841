internal import PoolModel
internal import TraceAnalysis

/// A profile as text: the hottest functions, and the same by task name.
struct ProfileView {
    let run: Run
    let profile: Profile
    let screen: Screen
    /// Whether each task name has functions of its own.
    let isByName: Bool
    /// How many functions are shown at most.
    let rows: Int

    /// The text, which ends with a newline, and every part of which is escaped.
    var text: String {
        let command = run.process.map { $0.arguments.isEmpty ? $0.executable : $0.arguments }
        let title = "profile of " + TerminalText.escape(command ?? "an unknown process")
        var lines = [StyledText(TerminalText.cut(title, to: screen.width), .bold)]
        lines += StyledText.labelled("trace", TerminalText.escape(run.trace), on: screen)
        lines += account
        guard profile.amount.samples > 0 else { return rendered(lines) }
        if !isByName || profile.names.count == 1 {
            lines.append(StyledText())
            lines += table(isBlocked ? "blocked in" : "function", profile.functions, of: profile.amount)
        }
        if profile.names.count > 1 {
            if isByName {
                for name in profile.names {
                    lines.append(StyledText())
                    lines += table(called(name), name.functions, of: name.amount)
                }
            } else {
                lines.append(StyledText())
                lines += names
            }
        }
        return rendered(lines)
    }

    private var isBlocked: Bool { profile.aspect == .blocked }

    private func rendered(_ lines: [StyledText]) -> String {
        lines.map { $0.rendered(screen.style) + "\n" }.joined()
    }

    // MARK: What there is

    private var account: [StyledText] {
        var lines = StyledText.labelled("samples", ProfileAccount(run, profile).sentence, on: screen)
        for warning in ProfileAccount(run, profile).warnings {
            lines += StyledText.labelled("warning", warning, .yellow, on: screen)
        }
        return lines
    }

    // MARK: Tables

    private func called(_ name: Profile.Name) -> String {
        TerminalText.escape(RunStatistics.Group.name(name.group).title(in: run).prefix(200))
    }

    private func table(_ title: String, _ functions: [Profile.Function], of whole: Profile.Amount) -> [StyledText] {
        let columns =
            isBlocked
            ? [
                TextTable.Column(title: title, least: 16), TextTable.Column(title: "time", isNumber: true),
                TextTable.Column(title: "share", isNumber: true), TextTable.Column(title: "at", rank: 2, least: 12),
                TextTable.Column(title: "waits for", rank: 1, least: 12),
            ]
            : [
                TextTable.Column(title: title, least: 16), TextTable.Column(title: "self", isNumber: true),
                TextTable.Column(title: "share", isNumber: true), TextTable.Column(title: "total", isNumber: true),
                TextTable.Column(title: "share", isNumber: true, rank: 2),
                TextTable.Column(title: "at", rank: 1, least: 12),
            ]
        let known = isBlocked ? functions.filter { $0.own.samples > 0 } : functions
        let cells = known.prefix(rows).map { isBlocked ? blocked($0, of: whole) : hot($0, of: whole) }
        let table = TextTable(columns, rows: cells, on: screen)
        var lines = [table.heading] + cells.map(table.line)
        if known.count > rows {
            lines.append(StyledText("  and \(known.count - rows) more: --rows \(known.count)", .dim))
        }
        return lines
    }

    private func hot(_ function: Profile.Function, of whole: Profile.Amount) -> [TextTable.Cell] {
        [
            TextTable.Cell(TerminalText.escape(function.frame.function.prefix(200)), .cyan),
            time(function.own), share(function.own, of: whole), time(function.total), share(function.total, of: whole),
            TextTable.Cell(place(function.frame), .dim),
        ]
    }

    private func blocked(_ function: Profile.Function, of whole: Profile.Amount) -> [TextTable.Cell] {
        [
            TextTable.Cell(TerminalText.escape(function.frame.function.prefix(200)), .cyan),
            time(function.own), share(function.own, of: whole), TextTable.Cell(place(function.frame), .dim),
            TextTable.Cell(TerminalText.escape(function.reasons.first ?? "").prefix(500).description),
        ]
    }

    private func time(_ amount: Profile.Amount) -> TextTable.Cell {
        TextTable.Cell(DurationText.text(nanoseconds: amount.weight))
    }

    private func share(_ amount: Profile.Amount, of whole: Profile.Amount) -> TextTable.Cell {
        TextTable.Cell(StatsView.percent(Double(amount.weight) / Double(max(1, whole.weight))))
    }

    /// `Checker/Parse.swift:41`; the module where there is no file.
    private func place(_ frame: Profile.Frame) -> String {
        guard frame.line > 0, !frame.file.isEmpty else { return TerminalText.escape(frame.module) }
        let file = frame.file.split(separator: "/").suffix(2).joined(separator: "/")
        return TerminalText.escape("\(file):\(frame.line)")
    }

    private var names: [StyledText] {
        let columns = [
            TextTable.Column(title: "by name", least: 10), TextTable.Column(title: "time", isNumber: true),
            TextTable.Column(title: "share", isNumber: true),
            TextTable.Column(title: isBlocked ? "most in" : "hottest function", rank: 1, least: 16),
        ]
        let cells = profile.names.prefix(rows).map { name in
            [
                TextTable.Cell(called(name), .cyan), time(name.amount), share(name.amount, of: profile.amount),
                TextTable.Cell(TerminalText.escape((name.functions.first?.frame.function ?? "").prefix(200))),
            ]
        }
        let table = TextTable(columns, rows: cells, on: screen)
        return [table.heading] + cells.map(table.line)
    }
}
