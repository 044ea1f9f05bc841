import CTF
import Foundation
import TestSupport
import Testing

/// Reads a trace with babeltrace2 and with our reader and compares event by event: time, name, contexts, fields.
///
/// - Parameter program: The command that runs babeltrace2, if not the one that is installed.
func expectSameAsBabeltrace(
    _ paths: String..., program: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let command = try program ?? InstalledProgram.path("babeltrace2")
    let arguments = ["--clock-seconds", "--no-delta", "--fields=emf"]
    let words = command.split(separator: " ").map(String.init)
    let theirs = try await Child.run("/usr/bin/env", words + arguments + paths, limit: .seconds(60)).requireSuccess()
        .lines
        .map(withoutPacketContext)
    var ours: [String] = []
    let set = try TraceSet(paths: paths)
    let cursor = set.forEach { ours.append(BabeltraceText.line($0)) }
    #expect(cursor.problems.isEmpty, "\(cursor.problems)", sourceLocation: sourceLocation)
    #expect(!theirs.isEmpty && ours.count == theirs.count, "\(paths)", sourceLocation: sourceLocation)
    // Events of equal time may come in another order from another reader.
    for (ours, theirs) in zip(ours.sorted(by: isBefore), theirs.sorted(by: isBefore)) where !isSame(ours, theirs) {
        Issue.record("\(paths):\n  ours:   \(ours)\n  theirs: \(theirs)", sourceLocation: sourceLocation)
        return
    }
}

/// A line's time in nanoseconds, and what follows it.
private func parts(_ line: String) -> (time: Int, rest: Substring) {
    let end = line.firstIndex(of: " ") ?? line.endIndex
    return (Int(line[..<end].filter(\.isNumber)) ?? 0, line[end...])
}

private func isBefore(_ first: String, _ second: String) -> Bool {
    let (first, second) = (parts(first), parts(second))
    return first.rest == second.rest ? first.time < second.time : first.rest < second.rest
}

/// babeltrace2 rounds twice, the clock's offset and its reading: its times may be a nanosecond less.
private func isSame(_ ours: String, _ theirs: String) -> Bool {
    let (ours, theirs) = (parts(ours), parts(theirs))
    return ours.rest == theirs.rest && (0...1).contains(ours.time - theirs.time)
}

/// babeltrace2 prints the packet's context in the first braces: "{ cpu_id = 0 }, ".
private func withoutPacketContext(_ line: String) -> String {
    guard let open = line.range(of: ": { "), let close = line.range(of: " }, ", range: open.upperBound..<line.endIndex)
    else {
        return line
    }
    return line.replacingCharacters(in: open.lowerBound..<close.upperBound, with: ": ")
}

/// Events in the words of babeltrace2's text.
enum BabeltraceText {
    static func line(_ event: Event) -> String {
        let seconds = event.timestamp / 1_000_000_000
        let time = "[\(seconds).\(String(format: "%09lld", event.timestamp % 1_000_000_000))]"
        let type = event.eventClass
        var scopes: [String] = []
        if !type.contextFields.isEmpty { scopes.append(fields(event.context, type.contextFields)) }
        scopes.append(fields(event.payload, type.fields))
        return "\(time) \(type.name): \(scopes.joined(separator: ", "))"
    }

    static func fields(_ fields: EventFields, _ types: [EventClass.Field]) -> String {
        // The position's own accessors and the tree of values have to agree.
        let parts = types.enumerated().map { position, type in
            let value = fields.value(position)
            switch (type.kind, value) {
            case (.integer, .unsigned(let number, _)): #expect(fields.unsigned(position) == number, "\(type.name)")
            case (.integer, .signed(let number, _)): #expect(fields.signed(position) == number, "\(type.name)")
            case (.string, .string(let bytes)): #expect(Array(fields.bytes(position)) == bytes, "\(type.name)")
            case (.sequence, .array(let values)) where type.bits > 0:
                #expect(fields.sequence(position).count == values.count, "\(type.name)")
            default: break
            }
            return "\(type.name) = \(text(value))"
        }
        return "{ \(parts.joined(separator: ", ")) }"
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .unsigned(let number, let notation) where notation.base == 16:
            return "0x" + String(number, radix: 16, uppercase: true)
        case .unsigned(let number, _): return "\(number)"
        case .signed(let number, _): return "\(number)"
        case .float(let number): return String(format: "%g", number)
        case .enumeration(let number, let isSigned, let labels):
            let names = labels.isEmpty ? "<unknown>" : labels.map { "\"\($0)\"" }.joined(separator: ", ")
            return "( \(names) : container = \(isSigned ? "\(Int64(bitPattern: number))" : "\(number)") )"
        case .string(let bytes):
            var quoted: [UInt8] = []
            BabeltraceLine.quoted(bytes, &quoted)
            return String(decoding: quoted, as: UTF8.self)
        case .structure(let members):
            return "{ \(members.map { "\($0.name) = \(text($0.value))" }.joined(separator: ", ")) }"
        case .array(let values) where values.isEmpty: return "[ ]"
        case .array(let values):
            return "[ \(values.enumerated().map { "[\($0)] = \(text($1))" }.joined(separator: ", ")) ]"
        case .variant(_, let chosen): return "{ \(text(chosen)) }"
        case .boolean, .bits, .blob, .missing: return "<\(value)>"
        }
    }
}
