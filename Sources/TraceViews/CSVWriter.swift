internal import PoolModel

/// Writes comma-separated values (RFC 4180, with the line ends of Unix) row by row: for spreadsheets, and for programs that read no JSON.
///
/// What could drive a terminal is escaped, so a field never holds a line's end. A text that a spreadsheet would take for a formula
/// (it begins with `=`, `+`, `-` or `@`) gets a `'` before it.
struct CSVWriter {
    private var buffer = ""
    private let flushAt = 1 << 16
    private let sink: (String) -> Void

    /// Makes a writer that hands the document to `sink`, in pieces.
    init(to sink: @escaping (String) -> Void) { self.sink = sink }

    /// Writes a row; what is not known is empty.
    mutating func row(_ fields: [String?]) {
        for (place, field) in fields.enumerated() {
            if place > 0 { buffer += "," }
            if let field { buffer += Self.quoted(field) }
        }
        buffer += "\n"
        if buffer.utf8.count >= flushAt { finish() }
    }

    /// Hands over what is left.
    mutating func finish() {
        sink(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private static func quoted(_ text: String) -> String {
        var text = TerminalText.escape(text)
        if let first = text.utf8.first, "=+-@".utf8.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
