import PoolSchedule

/// A JSON text that is spelled in one of many ways.
indirect enum JSONText {
    case null
    case boolean(Bool)
    case integer(String)
    case string(String)
    case array([JSONText])
    /// Properties are written in any order.
    case object([(String, JSONText)])
    /// Properties that stay in their order.
    case ordered([(String, JSONText)])

    static func number(_ value: some BinaryInteger) -> JSONText { .integer("\(value)") }

    /// The text; `blanks` between the words, if any.
    func text(_ random: inout SplitMix64, blanks: Bool) -> String {
        func blank() -> String { blanks ? ["", " ", "\n  ", "\t", "\r\n"][Int(random.next() % 5)] : "" }
        switch self {
        case .null: return "null"
        case .boolean(let value): return "\(value)"
        case .integer(let digits): return digits
        case .string(let text): return Self.quoted(text, &random)
        case .array(let elements):
            return "[" + elements.map { blank() + $0.text(&random, blanks: blanks) + blank() }.joined(separator: ",")
                + "]"
        case .object(let members):
            return JSONText.ordered(members.shuffled(using: &random)).text(&random, blanks: blanks)
        case .ordered(let members):
            let parts = members.map { name, value in
                blank() + Self.quoted(name, &random) + blank() + ":" + blank() + value.text(&random, blanks: blanks)
                    + blank()
            }
            return "{" + parts.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String, _ random: inout SplitMix64) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                quoted += "\\\(scalar)"
            } else if scalar.value < 0x20 || random.next() % 16 == 0 {
                for unit in String(Character(scalar)).utf16 {
                    let digits = String(unit, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
