internal import PoolModel

/// Text as JSON: THE escape of all documents, and of the lines of events.
///
/// It is always valid, whatever a trace holds. Characters that could drive a terminal are written as `\u` escapes, so
/// that the output is safe to look at as well.
enum JSONText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Whether a byte stands for itself; `TextCursor` looks at eight at a time.
    @inline(__always)
    static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// A text with its escapes, without quotes.
    static func escaped(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
            case "\\": result += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
            case "\n": result += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case _ where TerminalText.isSafe(scalar): result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            default:
                for unit in scalar.utf16 {
                    result += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
                    for shift: UInt16 in [12, 8, 4, 0] { result.append(digits[Int(unit >> shift & 15)]) }
                }
            }
        }
        return result
    }

    /// A text in quotes.
    static func quoted(_ text: String) -> String { "\"\(String(decoding: escaped(text), as: UTF8.self))\"" }

    /// Appends bytes that should be UTF-8, in quotes; those that are not become U+FFFD.
    static func quote(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        output.reserve(bytes.count &+ 2)
        output.append(UInt8(ascii: "\""))
        let plain = output.cursor.append(plainOf: bytes)
        if plain < bytes.count {
            // Decoding replaces what is not UTF-8.
            escaped(String(decoding: bytes[plain...], as: UTF8.self)).withUnsafeBytes { escaped in
                output.reserve(escaped.count &+ 1)
                output.cursor.append(escaped)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
