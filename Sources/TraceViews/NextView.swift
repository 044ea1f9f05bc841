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
            commands.append(("pooltrace view --failed \(trace)", "only what failed"))
        }
        if let command = run.process?.arguments, !command.isEmpty, run.process?.isSerial == false {
            commands.append(("pooltrace run --serial -- \(TerminalText.escape(command))", "the same on one thread"))
        }
        commands.append(("pooltrace events \(trace)", "every event"))
        let widest = commands.map { TerminalText.width($0.command) }.max() ?? 0
        return [StyledText("next", .bold)]
            + commands.map { command, what in
                // Commands are to be copied: they are never cut, and the words beside them only stand where there is room.
                var line = StyledText("  " + command)
                if 2 + widest + 2 + what.utf8.count <= screen.width {
                    line.pad(to: widest + 4)
                    line.append(what, .dim)
                }
                return line
            }
    }
}
