internal import PoolModel

/// Writes rows of comma-separated values.
struct CSVWriter {
    private var output: ByteOutput
    private var isFirst = true

    init(to sink: @escaping ByteSink) { output = ByteOutput(to: sink) }

    /// A text; nothing is an empty value.
    mutating func text(_ text: String?) {
        separate()
        guard let text else { return }
        let isPlain = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "["),
                UInt8(ascii: "]"), UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        if isPlain { return output.append(text) }
        quote(TerminalText.escape(text))
    }

    mutating func number(_ number: UInt64?) {
        separate()
        if let number { output.append(decimal: number) }
    }

    /// So many empty values.
    mutating func skip(_ count: Int) {
        for _ in 0..<count { separate() }
    }

    mutating func endRow() {
        output.append(UInt8(ascii: "\n"))
        isFirst = true
        output.flushIfFull()
    }

    mutating func finish() { output.flush() }

    private mutating func separate() {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private mutating func quote(_ text: String) {
        output.append(UInt8(ascii: "\""))
        if let first = text.first, "=+-@".contains(first) { output.append(UInt8(ascii: "'")) }
        output.append(
            text.contains("\"")
                ? text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") : text)
        output.append(UInt8(ascii: "\""))
    }
}
