internal import PoolModel

/// Writes JSON piece by piece, so that a document of a million tasks never is in memory as a whole.
///
/// Characters that could drive a terminal are written as `\u` escapes, so that the output is safe to look at as well.
public struct JSONWriter {
    private var buffer = ""
    private var needsComma = false
    private let flushAt = 1 << 16
    private let sink: (String) -> Void

    /// Makes a writer that hands the document to `sink`, in pieces.
    public init(to sink: @escaping (String) -> Void) { self.sink = sink }

    /// Ends the document with a newline and hands over what is left.
    public mutating func finish() {
        buffer += "\n"
        sink(buffer)
        buffer = ""
    }
}

// MARK: - Structure

extension JSONWriter {
    /// An object, as a document, an element, or under a key.
    public mutating func object(_ key: String? = nil, _ members: (inout JSONWriter) -> Void) {
        enclosed(key, "{", "}", members)
    }

    /// An array of what `elements` writes.
    public mutating func array(_ key: String? = nil, _ elements: (inout JSONWriter) -> Void) {
        enclosed(key, "[", "]", elements)
    }

    /// A text, or null.
    public mutating func value(_ key: String? = nil, _ text: String?) {
        begin(key)
        if let text { quote(text) } else { buffer += "null" }
        end()
    }

    /// A number, or null.
    public mutating func value(_ key: String? = nil, _ number: (some BinaryInteger)?) {
        begin(key)
        buffer += number.map { String($0) } ?? "null"
        end()
    }

    /// A truth.
    public mutating func value(_ key: String? = nil, _ truth: Bool) {
        begin(key)
        buffer += truth ? "true" : "false"
        end()
    }

    private mutating func enclosed(_ key: String?, _ open: String, _ close: String, _ body: (inout JSONWriter) -> Void)
    {
        begin(key)
        buffer += open
        needsComma = false
        body(&self)
        buffer += close
        end()
    }

    private mutating func begin(_ key: String?) {
        if needsComma { buffer += "," }
        guard let key else { return }
        quote(key)
        buffer += ":"
    }

    private mutating func end() {
        needsComma = true
        guard buffer.utf8.count >= flushAt else { return }
        sink(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

// MARK: - Text

extension JSONWriter {
    private mutating func quote(_ text: String) {
        buffer += "\""
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            buffer += text
        } else {
            for scalar in text.unicodeScalars { append(scalar) }
        }
        buffer += "\""
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": buffer += "\\\""
        case "\\": buffer += "\\\\"
        case "\n": buffer += "\\n"
        case _ where TerminalText.isSafe(scalar): buffer.unicodeScalars.append(scalar)
        default:
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                buffer += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
