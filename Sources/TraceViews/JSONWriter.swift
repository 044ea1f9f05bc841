internal import PoolModel

/// Writes JSON piece by piece, so that a document of a million tasks never is in memory as a whole.
///
/// Characters that could drive a terminal are written as `\u` escapes, so that the output is safe to look at as well.
public struct JSONWriter {
    private var output: ByteOutput
    private var needsComma = false

    /// Makes a writer that hands the document to `sink`, in pieces.
    public init(to sink: @escaping (String) -> Void) {
        self.init(toBytes: { sink(String(decoding: $0, as: UTF8.self)) })
    }

    /// Makes a writer that hands the document's bytes to `sink`, in pieces.
    public init(toBytes sink: @escaping ByteSink) { output = ByteOutput(to: sink) }

    /// Ends the document with a newline and hands over what is left.
    public mutating func finish() {
        output.append("\n")
        output.flush()
    }
}

// MARK: - Structure

extension JSONWriter {
    /// An object, as a document, an element, or under a key.
    public mutating func object(_ key: String? = nil, _ members: (inout JSONWriter) -> Void) {
        enclosed(key, UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    /// An array of what `elements` writes.
    public mutating func array(_ key: String? = nil, _ elements: (inout JSONWriter) -> Void) {
        enclosed(key, UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    /// A text, or null.
    public mutating func value(_ key: String? = nil, _ text: String?) {
        begin(key)
        if let text { quote(text) } else { output.append("null") }
        end()
    }

    /// A number, or null.
    public mutating func value(_ key: String? = nil, _ number: (some BinaryInteger)?) {
        begin(key)
        if let number { output.append(decimal: number) } else { output.append("null") }
        end()
    }

    /// A truth.
    public mutating func value(_ key: String? = nil, _ truth: Bool) {
        begin(key)
        output.append(truth ? "true" as StaticString : "false")
        end()
    }

    /// A number of nanoseconds as microseconds with three decimals, `1234.567`, exactly.
    mutating func microseconds(_ key: String, _ nanoseconds: UInt64) {
        begin(key)
        output.append(decimal: nanoseconds / 1000)
        output.append(UInt8(ascii: "."))
        output.append(decimal: nanoseconds % 1000, digits: 3)
        end()
    }

    private mutating func enclosed(_ key: String?, _ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
        begin(key)
        output.append(open)
        needsComma = false
        body(&self)
        output.append(close)
        end()
    }

    private mutating func begin(_ key: String?) {
        if needsComma { output.append(UInt8(ascii: ",")) }
        guard let key else { return }
        quote(key)
        output.append(UInt8(ascii: ":"))
    }

    private mutating func end() {
        needsComma = true
        output.flushIfFull()
    }
}

// MARK: - Text

extension JSONWriter {
    private mutating func quote(_ text: String) {
        output.append(UInt8(ascii: "\""))
        if !output.append(text, where: Self.isPlain) {
            for scalar in text.unicodeScalars { append(scalar) }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Whether a byte stands for itself in a text.
    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": output.append("\\\"")
        case "\\": output.append("\\\\")
        case "\n": output.append("\\n")
        case _ where TerminalText.isSafe(scalar): output.append(String(scalar))
        default:
            for unit in scalar.utf16 {
                let digits = String(unit, radix: 16)
                output.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            }
        }
    }
}
