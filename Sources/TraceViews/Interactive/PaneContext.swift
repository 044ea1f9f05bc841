internal import PoolModel
internal import TraceAnalysis

/// What a pane draws from and for.
struct PaneContext {
    let shown: ShownRun
    let screen: Screen
    let columns: Int
    let rows: Int

    var run: Run { shown.run }
}

extension PaneContext {
    /// A line that is escaped already, in pieces that fit beside an indent.
    func wrapped(_ line: String) -> [String] {
        let room = max(8, columns - 4)
        guard TerminalText.width(line) > room else { return [line] }
        var pieces: [String] = []
        var piece = String.UnicodeScalarView()
        var used = 0
        for scalar in line.unicodeScalars {
            let width = TerminalText.width(String(scalar))
            if used + width > room {
                pieces.append(String(piece))
                piece = String.UnicodeScalarView("    ".unicodeScalars)
                used = 4
                // What is too long for a screen is to be had from `pooltrace failures`.
                if pieces.count == 20 { return pieces }
            }
            piece.append(scalar)
            used += width
        }
        return pieces + [String(piece)]
    }
}
