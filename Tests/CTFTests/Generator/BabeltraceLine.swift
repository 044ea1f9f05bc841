import Foundation

@testable import CTF

/// The lines that babeltrace2 prints for events with `--names=all --clock-seconds --no-delta --fields=`.
enum BabeltraceLine {
    static let arguments = ["--names=all", "--clock-seconds", "--no-delta", "--fields="]

    /// The line of a generated event, at a time in nanoseconds if it has one.
    static func bytes(_ event: GeneratedTrace.Event, time: Int64?) -> [UInt8] {
        var line: [UInt8] = []
        if let time {
            line += "timestamp = ".utf8
            decimal(time / 1_000_000_000, &line)
            line.append(UInt8(ascii: "."))
            let rest = Array(String(time % 1_000_000_000).utf8)
            line += [UInt8](repeating: UInt8(ascii: "0"), count: 9 - rest.count) + rest
            line += ", ".utf8
        }
        line += "name = ".utf8
        line += event.name.utf8
        for scope in event.scopes {
            line += ", ".utf8
            line += scope.name.utf8
            line += " = ".utf8
            append(.structure(scope.members), scope.type, &line)
        }
        return line
    }

    /// A line without the packet's context.
    static func withoutPacketContext(_ line: ArraySlice<UInt8>) -> [UInt8] {
        // An event that has no fields at all ends with what parts it from them.
        let line = line.suffix(2).elementsEqual(", ".utf8) ? line.dropLast(2) : line
        let scope = Array(", stream.packet.context = {".utf8)
        guard let start = line.indices.first(where: { line[$0...].starts(with: scope) }) else { return Array(line) }
        var place = start + scope.count
        var depth = 1
        var isQuoted = false
        while place < line.endIndex, depth > 0 {
            switch line[place] {
            case UInt8(ascii: "\\") where isQuoted: place += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "{") where !isQuoted: depth += 1
            case UInt8(ascii: "}") where !isQuoted: depth -= 1
            default: break
            }
            place += 1
        }
        return Array(line[..<start] + line[min(place, line.endIndex)...])
    }

    // MARK: Values

    private static func append(_ value: Value, _ type: GeneratedType, _ line: inout [UInt8]) {
        switch (value, type.kind) {
        case (.missing, .optional): line += "<none>".utf8
        case (_, .optional(_, _, let type)):
            line += "{ ".utf8
            append(value, type, &line)
            line += " }".utf8
        case (.unsigned(let number, _), .integer(let type)): append(number, type, &line)
        case (.signed(let number, _), .integer(let type)): append(UInt64(bitPattern: number), type, &line)
        case (.enumeration(let number, _, let labels), .enumeration(let type, _)):
            line += "( ".utf8
            if labels.isEmpty { line += "<unknown>".utf8 }
            for (index, label) in labels.enumerated() {
                if index > 0 { line += ", ".utf8 }
                quoted(Array(label.utf8), &line)
            }
            line += " : container = ".utf8
            append(number, type, &line)
            line += " )".utf8
        case (.float(let number), _): line += String(format: "%g", number).utf8
        case (.string(let bytes), _): quoted(bytes, &line)
        case (.structure(let values), .structure(let members, _)):
            line.append(UInt8(ascii: "{"))
            for (index, value) in values.enumerated() {
                line += index == 0 ? " ".utf8 : ", ".utf8
                line += value.name.utf8
                line += " = ".utf8
                append(value.value, members[index].type, &line)
            }
            line += " }".utf8
        case (.array(let values), .array(let element, _)), (.array(let values), .sequence(let element, _)):
            line.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                line += index == 0 ? " [".utf8 : ", [".utf8
                decimal(Int64(index), &line)
                line += "] = ".utf8
                append(value, element, &line)
            }
            line += " ]".utf8
        case (.variant(let option, let chosen), .variant(_, let options)):
            guard let type = options.first(where: { $0.name == option })?.type else { return }
            line += "{ ".utf8
            append(chosen, type, &line)
            line += " }".utf8
        case (.boolean(let isTrue), _): line += "\(isTrue)".utf8
        case (.enumeration(let number, _, let labels), .flags(let type, _)):
            append(number, type, &line)
            if !labels.isEmpty { line += " { \(labels.map { "\"\($0)\"" }.joined(separator: ", ")) }".utf8 }
        case (.blob(let bytes), _):
            line += "{ \(bytes.map { String(format: "%02x ", $0) }.joined())}".utf8
        default: line += "<\(value)>".utf8
        }
    }

    private static func decimal(_ value: Int64, _ line: inout [UInt8]) { line += String(value).utf8 }

    /// Numbers of a base other than ten are shown in two's complement, rounded up to whole digits.
    private static func append(_ number: UInt64, _ type: GeneratedType.Number, _ line: inout [UInt8]) {
        func cut(_ bits: Int) -> UInt64 { bits >= 64 ? number : number & ((1 << UInt64(bits)) - 1) }
        switch type.base {
        case 2:
            line += "0b".utf8
            for bit in (0..<type.bits).reversed() {
                line.append(number >> UInt64(bit) & 1 == 1 ? UInt8(ascii: "1") : UInt8(ascii: "0"))
            }
        case 8: line += ("0" + String(type.isSigned ? cut((type.bits + 2) / 3 * 3) : number, radix: 8)).utf8
        case 16: line += ("0x" + String(cut((type.bits + 3) / 4 * 4), radix: 16, uppercase: true)).utf8
        default: line += (type.isSigned ? String(Int64(bitPattern: number)) : String(number)).utf8
        }
    }

    /// Appends a text in quotes, with babeltrace2's escapes.
    static func quoted(_ bytes: [UInt8], _ line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
                line += [UInt8(ascii: "\\"), byte]
            case 7: line += "\\a".utf8
            case 8: line += "\\b".utf8
            case 9: line += "\\t".utf8
            case 10: line += "\\n".utf8
            case 11: line += "\\v".utf8
            case 12: line += "\\f".utf8
            case 13: line += "\\r".utf8
            case 27: line += "\\e".utf8
            case 0..<32, 127: line += String(format: "\\x%02x", Int(byte)).utf8
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
