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
        case .unsigned(let number, base: 16): output.cursor.append(hexadecimal: number)
        case .unsigned(let number, _): output.cursor.append(decimal: number)
        case .signed(let number): output.cursor.append(decimal: number)
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
            output.append("{ \(TerminalText.escape(option)) = ")
            write(chosen, &output)
            output.append(" }")
        case .missing: output.append("<missing>")
        }
    }
}
