/// Text as JSON: always valid, whatever the trace holds.
enum JSONText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// A text in quotes.
    static func quoted(_ text: String) -> String {
        var text = text
        return text.withUTF8 { String(decoding: escaped(UnsafeRawBufferPointer($0)), as: UTF8.self) }
    }

    /// Appends bytes that should be UTF-8, in quotes; those that are not become U+FFFD.
    static func quote(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        output.reserve(bytes.count &+ 2)
        output.append(UInt8(ascii: "\""))
        let plain = output.cursor.append(plainOf: bytes)
        if plain < bytes.count {
            // Decoding replaces what is not UTF-8.
            let rest = String(decoding: bytes[plain...], as: UTF8.self)
            output.append(String(quoted(rest).dropFirst().dropLast()))
            output.reserve(1)
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func escaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result = [UInt8(ascii: "\"")]
        result.reserveCapacity(bytes.count + 2)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x0A: result += Array("\\n".utf8)
            case 0x09: result += Array("\\t".utf8)
            case 0x0D: result += Array("\\r".utf8)
            // DEL too: JSON allows it, terminals do not like it.
            case 0..<0x20, 0x7F: result += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return result
    }
}
