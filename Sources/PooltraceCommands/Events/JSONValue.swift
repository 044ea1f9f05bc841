import CTF

/// Values as `pooltrace events` prints them in JSON.
enum JSONValue {
    /// Appends a value, with room made for it.
    static func write(_ value: Value, _ output: inout ByteBuffer) {
        output.reserve(32)
        switch value {
        case .unsigned(let number, _): output.cursor.append(decimal: number)
        case .signed(let number): output.cursor.append(decimal: number)
        case .float(let number): output.append(number.isFinite ? "\(number)" : "\"\(number)\"")
        case .enumeration(let number, let isSigned, let labels):
            let text = isSigned ? String(Int64(bitPattern: number)) : String(number)
            output.append("{\"value\":\(text),\"labels\":[\(labels.map(JSONText.quoted).joined(separator: ","))]}")
        case .string(let bytes): bytes.withUnsafeBytes { JSONText.quote($0, &output) }
        case .structure(let members):
            output.append("{")
            for (index, member) in members.enumerated() {
                output.append((index == 0 ? "" : ",") + JSONText.quoted(member.name) + ":")
                write(member.value, &output)
            }
            output.append("}")
        case .array(let values):
            output.append("[")
            for (index, element) in values.enumerated() {
                if index > 0 { output.append(",") }
                write(element, &output)
            }
            output.append("]")
        case .variant(let option, let chosen):
            output.append("{\(JSONText.quoted(option)):")
            write(chosen, &output)
            output.append("}")
        case .missing: output.append("null")
        }
    }
}
