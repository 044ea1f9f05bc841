/// THE escape for terminals: everything that came from a trace or from a user's value passes here before it is printed.
///
/// Control characters, invalid UTF-8, line and paragraph separators, and the characters that reorder or hide text
/// (bidirectional controls, zero-width characters) become visible escapes: `\n`, `\e`, `\u{202E}`, `\xFF`. What remains
/// cannot move the cursor, change colours, or end a line.
public enum TerminalText {
    /// Escapes text.
    public static func escape(_ text: some StringProtocol) -> String {
        var text = String(text)
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        return text.withUTF8 { escape(utf8: $0) }
    }

    /// Escapes bytes that should be UTF-8; those that are not become `\xHH`.
    public static func escape(utf8 bytes: some Sequence<UInt8>) -> String {
        var result = ""
        var decoder = ByteDecoder(bytes: bytes.makeIterator())
        while let next = decoder.next() {
            switch next {
            case .success(let scalar): append(scalar, to: &result)
            case .failure(let invalid): result += "\\x" + hex(UInt32(invalid.byte), digits: 2)
            }
        }
        return result
    }

    /// Whether a character can be printed as it is.
    public static func isSafe(_ scalar: Unicode.Scalar) -> Bool { !isUnsafe(scalar) }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{1B}": result += "\\e"
        case _ where isUnsafe(scalar): result += "\\u{" + hex(scalar.value, digits: 1) + "}"
        default: result.unicodeScalars.append(scalar)
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        // What is drawn as nothing: fillers, joiners. A choice between two shapes of a character hides no text.
        if scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isVariationSelector { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return true
        default: return false
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

/// UTF-8 from bytes, one scalar at a time, with the bytes that do not belong to one kept as they are.
private struct ByteDecoder<Bytes: IteratorProtocol<UInt8>> {
    struct Invalid: Error { let byte: UInt8 }

    var bytes: Bytes
    /// Bytes looked at and not yet given out: at most four.
    var pending: [UInt8] = []

    init(bytes: Bytes) { self.bytes = bytes }

    mutating func next() -> Result<Unicode.Scalar, Invalid>? {
        guard let first = peek(0) else { return nil }
        let length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        if length > 0 {
            var value = length == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(length))
            var taken = 1
            while taken < length, let byte = peek(taken), byte & 0xC0 == 0x80 {
                value = value << 6 | UInt32(byte & 0x3F)
                taken += 1
            }
            let least: [UInt32] = [0, 0, 0x80, 0x800, 0x10000]
            if taken == length, value >= least[length], let scalar = Unicode.Scalar(value) {
                pending.removeFirst(length)
                return .success(scalar)
            }
        }
        return .failure(Invalid(byte: pending.removeFirst()))
    }

    private mutating func peek(_ offset: Int) -> UInt8? {
        while pending.count <= offset {
            guard let byte = bytes.next() else { return nil }
            pending.append(byte)
        }
        return pending[offset]
    }
}
