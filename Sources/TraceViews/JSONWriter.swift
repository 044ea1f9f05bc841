/// Writes JSON piece by piece, so that a document of a million tasks never is in memory as a whole.
///
/// Characters that could drive a terminal are written as `\u` escapes, so that the output is safe to look at as well.
public struct JSONWriter {
    private var output: ByteOutput
    private var needsComma = false

    /// Makes a writer that hands the document to `sink`, in pieces.
    public init(to sink: @escaping ByteSink) { output = ByteOutput(to: sink) }

    /// Makes a writer of single values, which `handOver` takes.
    init() { output = ByteOutput(to: nil) }

    /// Ends the document with a newline and hands over what is left.
    public mutating func finish() {
        output.append("\n")
        output.flush()
    }

    /// Hands over what was written, and begins anew: for a writer of single values.
    mutating func handOver(to sink: ByteSink) {
        output.bytes.withUnsafeBytes(sink)
        output.removeAll()
        needsComma = false
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

    /// An array of objects, each on a line of its own: for documents that people look at, too.
    package mutating func lines<Element>(
        _ key: String? = nil, _ elements: [Element], _ members: (Element, inout JSONWriter) -> Void
    ) {
        array(key) { writer in
            for element in elements {
                writer.begin(nil)
                writer.needsComma = false
                writer.output.append("\n  " as StaticString)
                writer.object { members(element, &$0) }
            }
            writer.output.append("\n" as StaticString)
        }
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

    /// A number that need not be whole; as a text if it is NaN or infinite, which JSON has no number for.
    public mutating func value(_ key: String? = nil, _ number: Double) {
        guard number.isFinite else { return value(key, "\(number)") }
        begin(key)
        output.append("\(number)")
        end()
    }

    /// Bytes that should be UTF-8; those that are not become U+FFFD.
    mutating func value(_ key: String? = nil, utf8 bytes: [UInt8]) {
        value(key, String(decoding: bytes, as: UTF8.self))
    }

    /// A truth, or null.
    public mutating func value(_ key: String? = nil, _ truth: Bool?) {
        begin(key)
        output.append(truth.map { $0 ? "true" as StaticString : "false" } ?? "null")
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
        if !output.append(text, where: JSONText.isPlain) { output.append(JSONText.escaped(text)) }
        output.append(UInt8(ascii: "\""))
    }
}
