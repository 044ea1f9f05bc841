internal import PoolModel

/// Writes comma-separated values (RFC 4180, with the line ends of Unix) row by row: for spreadsheets, and for programs
/// that read no JSON.
///
/// What could drive a terminal is escaped, so a field never holds a line's end. A text that a spreadsheet would take
/// for a formula (it begins with `=`, `+`, `-` or `@`) gets a `'` before it.
struct CSVWriter {
    private var output: ByteOutput
    private var isFirst = true

    /// Makes a writer that hands the document to `sink`, in pieces.
    init(to sink: @escaping ByteSink) { output = ByteOutput(to: sink) }

    /// Writes a row; unknown values are empty.
    mutating func row(_ fields: [String?]) {
        for field in fields { text(field) }
        endRow()
    }

    /// Hands over what is left.
    mutating func finish() { output.flush() }
}

// MARK: - Field by field

extension CSVWriter {
    /// A text; unknown values are empty.
    mutating func text(_ text: String?) {
        separate()
        guard let text else { return }
        let isPlain = text.utf8.allSatisfy {
            $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"")
        }
        output.append(isPlain && !Self.isFormula(text) ? text : Self.quoted(text))
    }

    private static func isFormula(_ text: String) -> Bool {
        switch text.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): true
        default: false
        }
    }

    /// A number; unknown values are empty.
    mutating func number(_ number: UInt64?) {
        separate()
        if let number { output.append(decimal: number) }
    }

    /// So many empty fields.
    mutating func skip(_ count: Int) {
        for _ in 0..<count { separate() }
    }

    /// Ends the row.
    mutating func endRow() {
        output.append(UInt8(ascii: "\n"))
        isFirst = true
        output.flushIfFull()
    }

    private mutating func separate() {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private static func quoted(_ text: String) -> String {
        var text = TerminalText.escape(text)
        if isFormula(text) { text = "'" + text }
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
