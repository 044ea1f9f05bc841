internal import CTerminal

// MARK: - Width

extension TerminalText {
    /// How many columns of a terminal escaped text takes: 2 for wide characters, 0 for combining ones.
    public static func width(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy(isPlain) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// Escaped text made exactly `columns` wide: padded with spaces, or cut with `~` as its last character.
    ///
    /// The mark of a cut is ASCII, so that it can be shown in every locale.
    public static func fit(_ text: some StringProtocol, to columns: Int) -> String {
        let cut = cut(text, to: columns)
        return cut + String(repeating: " ", count: max(0, columns - width(cut)))
    }

    /// Escaped text that is at most `columns` wide: cut with `~` as its last character if it is wider.
    public static func cut(_ text: some StringProtocol, to columns: Int) -> String {
        guard columns > 0 else { return "" }
        if text.utf8.count <= columns, text.utf8.allSatisfy(isPlain) { return String(text) }
        var used = 0
        var whole = String.UnicodeScalarView()
        // How many scalars are kept if the text turns out to be too wide: they leave room for the mark.
        var kept = 0
        var count = 0
        for scalar in text.unicodeScalars {
            used += width(scalar)
            count += 1
            // Characters without width pile up on one cell: a text of them is cut, too.
            if used > columns || count > 8 * columns { return String(whole.prefix(kept)) + "~" }
            whole.append(scalar)
            if used < columns { kept = count }
        }
        return String(whole)
    }

    /// Escaped text that is at most `columns` wide: cut in front, with `~` as its first character, if it is wider.
    ///
    /// For paths, of which the end tells one from another.
    public static func cutFront(_ text: some StringProtocol, to columns: Int) -> String {
        guard columns > 0 else { return "" }
        if text.utf8.count <= columns, text.utf8.allSatisfy(isPlain) { return String(text) }
        if width(text) <= columns { return cut(text, to: columns) }
        var used = 1
        let kept = text.unicodeScalars.reversed().prefix(8 * columns).prefix { scalar in
            used += width(scalar)
            return used <= columns
        }
        // A combining character does not stand on the mark.
        return "~" + String(String.UnicodeScalarView(kept.reversed().drop { width($0) == 0 }))
    }

    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        scalar.value >= 0x20 && scalar.value < 0x7F ? 1 : Int(pooltrace_terminal_width(scalar.value))
    }
}
