internal import PoolModel

// MARK: - Cells of a full screen

extension StyledText {
    /// Text of a trace in a cell of its own: escaped, cut or padded.
    mutating func append(cell text: String, _ columns: Int, _ paint: Paint = .plain) {
        append(TerminalText.fit(TerminalText.escape(text.prefix(500)), to: columns), paint)
    }

    /// A task's path in a cell of its own: cut in front.
    mutating func append(path: String, _ columns: Int, _ paint: Paint = .plain) {
        append(
            TerminalText.fit(TerminalText.cutFront(TerminalText.escape(path.suffix(500)), to: columns), to: columns),
            paint)
    }

    /// Text at the right end of a cell.
    mutating func append(right text: String, _ columns: Int, _ paint: Paint = .plain) {
        let cut = TerminalText.cut(text, to: columns)
        append(String(repeating: " ", count: max(0, columns - TerminalText.width(cut))) + cut, paint)
    }

    /// The line without what is beyond a column; a wide character across it is left out.
    func cropped(to columns: Int) -> StyledText {
        guard width > columns else { return self }
        var line = StyledText()
        for piece in pieces {
            let room = columns - line.width
            if room <= 0 { break }
            let text = TerminalText.width(piece.text) <= room ? piece.text : Self.prefix(of: piece.text, room)
            line.append(text, piece.paint)
        }
        return line
    }

    /// The line with one column shown as selected, by another character if one is given.
    func selecting(column: Int, as mark: String? = nil) -> StyledText {
        var line = StyledText()
        for piece in pieces {
            let begin = line.width
            let end = begin + TerminalText.width(piece.text)
            guard column >= begin, column < end else {
                line.append(piece.text, piece.paint)
                continue
            }
            let before = Self.prefix(of: piece.text, column - begin)
            let scalars = piece.text.unicodeScalars.dropFirst(before.unicodeScalars.count)
            line.append(before, piece.paint)
            line.append(mark ?? String(scalars.first.map(String.init) ?? ""), .selected)
            line.append(String(String.UnicodeScalarView(scalars.dropFirst())), piece.paint)
        }
        return line
    }

    /// The whole line shown as selected, to the screen's end.
    func selected(to columns: Int) -> StyledText {
        var line = StyledText(pieces.map(\.text).joined(), .selected)
        line.append(String(repeating: " ", count: max(0, columns - line.width)), .selected)
        return line
    }

    /// The line for a terminal that has ASCII only: what is beyond is `?`, as wide as it was.
    var inASCII: StyledText {
        guard pieces.contains(where: { !$0.text.utf8.allSatisfy { $0 < 0x80 } }) else { return self }
        var line = StyledText()
        for piece in pieces {
            let text = piece.text.unicodeScalars.map { scalar in
                scalar.isASCII
                    ? String(scalar) : String(repeating: "?", count: TerminalText.width(String(scalar)))
            }
            line.append(text.joined(), piece.paint)
        }
        return line
    }

    private static func prefix(of text: String, _ columns: Int) -> String {
        var used = 0
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            used += TerminalText.width(String(scalar))
            if used > columns { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}

extension StyledText {
    /// The line with a mark in its first column, where it has a space: selected, also without colours.
    func marked() -> StyledText {
        var line = StyledText()
        for (place, piece) in pieces.enumerated() {
            let text = place == 0 && piece.text.first == " " ? ">" + piece.text.dropFirst() : piece.text
            line.append(text, place == 0 ? .selected : piece.paint)
        }
        return line
    }
}
