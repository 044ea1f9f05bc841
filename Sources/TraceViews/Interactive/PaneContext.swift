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
    /// A line that is escaped already, in pieces that fit beside an indent: they end at spaces, or within a word that
    /// is long itself.
    func wrapped(_ line: String) -> [String] {
        let room = max(8, columns - 4)
        guard TerminalText.width(line) > room else { return [line] }
        var pieces: [String] = []
        var piece = String.UnicodeScalarView()
        var used = 0
        // Behind the last space of the piece, after which it may end: its place, and how wide the piece is up to there.
        var space: (end: String.UnicodeScalarView.Index, used: Int)?
        for scalar in line.unicodeScalars {
            let width = TerminalText.width(String(scalar))
            if used + width > room {
                // A long word is cut rather than moved: most of the line would stay empty.
                let isMoved = scalar != " " && space.map { $0.used > room / 3 } ?? false
                let rest = isMoved ? piece[(space?.end ?? piece.endIndex)...] : piece[piece.endIndex...]
                pieces.append(String(piece[..<rest.startIndex]))
                // What is too long for a screen is to be had from `pooltrace failures`.
                if pieces.count == 20 { return pieces }
                used = 4 + (isMoved ? used - (space?.used ?? used) : 0)
                piece = String.UnicodeScalarView("    ".unicodeScalars) + rest
                space = nil
                if scalar == " " { continue }
            }
            piece.append(scalar)
            used += width
            if scalar == " " { space = (piece.endIndex, used) }
        }
        return pieces + [String(piece)]
    }
}
