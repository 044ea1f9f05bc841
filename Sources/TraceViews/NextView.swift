internal import PoolModel
internal import TraceAnalysis

/// What one may want to type next.
struct NextView {
    let run: Run
    let screen: Screen

    var lines: [StyledText] {
        let trace = TerminalText.escape(ShellWord.quoted(run.trace))
        var commands: [(command: String, what: String)] = []
        let counts = run.counts()
        if counts[.failed] != nil {
            commands.append(("pooltrace view --failed \(trace)", "failed tasks only"))
        }
        if let command = run.process?.arguments, !command.isEmpty, run.process?.isSerial == false {
            commands.append(
                ("pooltrace run --serial -- \(TerminalText.escape(command))", "run it again, one task at a time"))
        }
        if !run.samples.all.isEmpty { commands.append(("pooltrace profile \(trace)", "hottest functions")) }
        commands.append(("pooltrace events \(trace)", "every event"))
        let widest = commands.map { TerminalText.width($0.command) }.max() ?? 0
        // Commands are to be copied: they are never cut, and the words beside them only stand where there is room for
        // all.
        let hasRoom = 2 + widest + 2 + (commands.map(\.what.utf8.count).max() ?? 0) <= screen.width
        return [StyledText("next", .bold)]
            + commands.map { command, what in
                var line = StyledText("  " + command)
                if hasRoom {
                    line.pad(to: widest + 4)
                    line.append(what, .dim)
                }
                return line
            }
    }
}
