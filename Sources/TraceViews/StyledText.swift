internal import PoolModel

/// One line of text in pieces, each in one colour: its width is known without the sequences.
struct StyledText {
    enum Paint { case plain, bold, dim, red, green, yellow, cyan, selected }

    private(set) var pieces: [(text: String, paint: Paint)] = []
    private(set) var width = 0

    init() {}

    /// - Parameter text: Escaped already.
    init(_ text: String, _ paint: Paint = .plain) { append(text, paint) }

    mutating func append(_ text: String, _ paint: Paint = .plain) {
        guard !text.isEmpty else { return }
        width += TerminalText.width(text)
        if let last = pieces.indices.last, pieces[last].paint == paint {
            pieces[last].text += text
        } else {
            pieces.append((text, paint))
        }
    }

    mutating func append(_ other: StyledText) {
        for piece in other.pieces { append(piece.text, piece.paint) }
    }

    /// Adds spaces until it is so wide.
    mutating func pad(to columns: Int) { append(String(repeating: " ", count: max(0, columns - width))) }

    /// The line, without spaces at its end.
    func rendered(_ style: TerminalStyle) -> String {
        var pieces = pieces
        while let last = pieces.indices.last, pieces[last].text.last == " " {
            pieces[last].text.removeLast()
            if pieces[last].text.isEmpty { pieces.removeLast() }
        }
        return pieces.map { Self.painted($0.text, $0.paint, style) }.joined()
    }

    private static func painted(_ text: String, _ paint: Paint, _ style: TerminalStyle) -> String {
        switch paint {
        case .plain: text
        case .bold: style.bold(text)
        case .dim: style.dim(text)
        case .red: style.bold(style.red(text))
        case .green: style.green(text)
        case .yellow: style.yellow(text)
        case .cyan: style.cyan(text)
        case .selected: style.reversed(text)
        }
    }
}

// MARK: - Lines

extension StyledText {
    private static let indent = 13

    /// A label and what it is the label of, broken between its parts where the screen ends; the next lines stand below
    /// the first part.
    ///
    /// A part that is wider than a line is broken between its words, and a word that is wider is cut.
    static func labelled(_ label: String, _ parts: [StyledText], separator: String = " ", on screen: Screen)
        -> [StyledText]
    {
        var line = StyledText("  ")
        line.append(label, .dim)
        line.pad(to: indent)
        var lines: [StyledText] = []
        var isFresh = true
        for (position, part) in parts.enumerated() {
            let mark = position + 1 < parts.count ? separator.trimmed : ""
            let words = part.width + mark.utf8.count > screen.width - indent ? part.words(on: screen) : [part]
            for (place, word) in words.enumerated() {
                let mark = place + 1 < words.count ? "" : mark
                if !isFresh, line.width + 1 + word.width + mark.utf8.count > screen.width {
                    lines.append(line)
                    line = StyledText()
                    line.pad(to: indent)
                    isFresh = true
                }
                if !isFresh { line.append(" ") }
                line.append(word)
                line.append(mark)
                isFresh = false
            }
        }
        return lines + [line]
    }

    /// As above, broken between words.
    static func labelled(_ label: String, _ text: String, _ paint: Paint = .plain, on screen: Screen) -> [StyledText] {
        labelled(label, StyledText(text, paint).words(on: screen), on: screen)
    }

    /// What stands between its spaces, no wider than a line has room.
    private func words(on screen: Screen) -> [StyledText] {
        pieces.flatMap { piece in
            piece.text.split(separator: " ").map { word in
                StyledText(TerminalText.cut(word, to: max(1, screen.width - Self.indent)), piece.paint)
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String { last == " " ? String(dropLast()) : self }
}
