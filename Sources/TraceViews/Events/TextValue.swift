internal import CTF
internal import PoolModel

/// Values as `pooltrace events` prints them in text.
enum TextValue {
    /// Appends a text in quotes, escaped for terminals.
    static func quote(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        output.reserve(bytes.count &+ 2)
        output.append(UInt8(ascii: "\""))
        let plain = output.cursor.append(plainOf: bytes)
        if plain < bytes.count {
            var marked: [UInt8] = []
            for byte in bytes[plain...] {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { marked.append(UInt8(ascii: "\\")) }
                marked.append(byte)
            }
            output.append(TerminalText.escape(utf8: marked))
            output.reserve(1)
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Appends a value, with room made for it.
    static func write(_ value: Value, _ output: inout ByteBuffer) {
        output.reserve(32)
        switch value {
        case .unsigned(let number, let notation): write(number, notation, &output)
        case .signed(let number, let notation) where notation.base == 10: output.cursor.append(decimal: number)
        case .signed(let number, let notation): write(UInt64(bitPattern: number), notation, &output)
        case .boolean(let isTrue): output.append(isTrue ? "true" : "false")
        case .bits(let bytes, _, let labels):
            let names = labels.map { "\"\(TerminalText.escape($0))\"" }.joined(separator: ", ")
            let number = hexadecimal(bits: bytes)
            output.append(labels.isEmpty ? number : "( \(names) : container = \(number) )")
        case .blob(let bytes): output.append("{ \(digits(bytes, separator: " ")) }")
        case .float(let number): output.append("\(number)")
        case .enumeration(let number, let isSigned, let labels):
            let text = isSigned ? String(Int64(bitPattern: number)) : String(number)
            let names = labels.map { "\"\(TerminalText.escape($0))\"" }.joined(separator: ", ")
            output.append("( \(labels.isEmpty ? "<unknown>" : names) : container = \(text) )")
        case .string(let bytes): bytes.withUnsafeBytes { quote($0, &output) }
        case .structure(let members):
            output.append("{ ")
            for (index, member) in members.enumerated() {
                output.append((index == 0 ? "" : ", ") + TerminalText.escape(member.name) + " = ")
                write(member.value, &output)
            }
            output.append(" }")
        case .array(let values):
            output.append("[ ")
            for (index, element) in values.enumerated() {
                output.append("\(index == 0 ? "" : ", ")[\(index)] = ")
                write(element, &output)
            }
            output.append(" ]")
        case .variant(let option, let chosen):
            output.append(option.isEmpty ? "{ " : "{ \(TerminalText.escape(option)) = ")
            write(chosen, &output)
            output.append(" }")
        case .missing: output.append("<missing>")
        }
    }

    /// Appends an integer in the base that the trace wants; in a base other than ten as its bits, the highest first.
    private static func write(_ number: UInt64, _ notation: Value.Notation, _ output: inout ByteBuffer) {
        // Of a negative number the digits beyond the integer's width say nothing.
        func cut(_ bits: Int) -> UInt64 { bits >= 64 ? number : number & ((1 << UInt64(bits)) - 1) }
        switch notation.base {
        case 16: output.cursor.append(hexadecimal: cut((notation.bits + 3) / 4 * 4))
        case 8: output.append("0" + String(cut((notation.bits + 2) / 3 * 3), radix: 8))
        case 2:
            let digits = String(cut(notation.bits), radix: 2)
            output.append("0b" + String(repeating: "0", count: max(0, notation.bits - digits.count)) + digits)
        default: output.cursor.append(decimal: number)
        }
    }

    /// A number of any width, of which the first byte has the lowest bits: "0x1f00".
    static func hexadecimal(bits bytes: [UInt8]) -> String {
        let digits = Self.digits(bytes.reversed()).drop { $0 == "0" }
        return "0x" + (digits.isEmpty ? "0" : String(digits))
    }

    /// Bytes as two hexadecimal digits each.
    static func digits(_ bytes: [UInt8], separator: String = "") -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
    }
}
