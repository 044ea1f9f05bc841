import CEventTable
import Foundation
import TestSupport
import Testing

@Suite("The LTTng provider")
struct ProviderTests {
    /// A field as the metadata of a trace declares it.
    struct Field: Hashable, CustomStringConvertible {
        let name: String
        let type: String
        var description: String { "\(type) \(name)" }
    }

    @Test("A session's metadata lists the events, fields and types of the table, and their values arrive")
    func metadataIsTheTable() async throws {
        let (program, library) = (try BuiltProduct.path("every-event"), try BuiltProduct.path("libPoolTraceLTTng.so"))
        try await PrivateSessionDaemon.with { daemon in
            let trace = "\(daemon.home)/trace"
            try await daemon.lttng("create", "every", "--output=\(trace)")
            try await daemon.lttng("enable-event", "--userspace", "pooltrace:*")
            try await daemon.lttng("start")
            try await daemon.run(program, [library, "every"]).requireSuccess()
            try await daemon.lttng("destroy")

            let metadata = try await Babeltrace.metadata(of: "\(trace)/ust/uid/\(geteuid())/64-bit")
            let declared = Self.events(inMetadata: metadata)
            let table = Self.table()
            #expect(declared.keys.sorted() == table.keys.sorted())
            for (event, fields) in table {
                #expect(declared[event] == fields, "event \(event)")
            }
            let events = try await Babeltrace.events(of: trace)
            #expect(events.count == table.count, "\(events.joined(separator: "\n"))")
            for (event, fields) in table {
                let line = try #require(events.first { $0.contains(" pooltrace:\(event): ") }, "event \(event)")
                let values = fields.filter { !$0.name.hasPrefix("_") }.map(Self.expectedValue)
                for value in values { #expect(line.contains(value), "event \(event)") }
            }
        }
    }

    @Test(
        "Definitions reach every session, also a second one beside the first, because the number of listeners changes")
    func listenersChange() async throws {
        let (program, library) = (try BuiltProduct.path("every-event"), try BuiltProduct.path("libPoolTraceLTTng.so"))
        try await PrivateSessionDaemon.with { daemon in
            for session in ["one", "two"] {
                try await daemon.lttng("create", session, "--output=\(daemon.home)/\(session)")
                try await daemon.lttng("enable-event", "--userspace", "pooltrace:*", "--session=\(session)")
            }
            let result = try await daemon.run(program, [library, "definitions"]) { child in
                // Each step shows in the program's own words before the next one is taken.
                try await daemon.lttng("start", "one")
                let one = try await child.listeners(after: [])
                try await daemon.lttng("start", "two")
                let both = try await child.listeners(after: [one])
                try await daemon.lttng("stop", "one")
                let two = try await child.listeners(after: [one, both])
                try await daemon.lttng("stop", "two")
                try await child.waitForOutput(containing: "listeners 0\n")
                #expect(Set([one, both, two, "0"]).count == 4)
                child.send(SIGTERM)
            }
            #expect(result.succeeded, "\(result)")
            try await daemon.lttng("destroy", "--all")
            for session in ["one", "two"] {
                let events = try await Babeltrace.events(of: "\(daemon.home)/\(session)")
                #expect(events.contains { $0.contains("text = \"defined\"") }, "session \(session)")
            }
        }
    }

    // MARK: - The table, and what a trace says

    private static func table() -> [String: [Field]] {
        let count = Int(POOLTRACE_EVENT_COUNT.rawValue)
        let events = UnsafeBufferPointer(start: pooltrace_event_descriptions(), count: count)
        return Dictionary(
            uniqueKeysWithValues: events.map { event in
                let fields = UnsafeBufferPointer(start: event.fields, count: Int(event.field_count))
                return (String(cString: event.name), fields.flatMap(declaration))
            })
    }

    private static func declaration(of field: pooltrace_field_description) -> [Field] {
        let name = String(cString: field.name)
        let integer = "\(field.is_signed == 0 ? "u" : "i")\(field.bits)"
        return switch field.kind {
        case POOLTRACE_FIELD_FLOAT: [Field(name: name, type: "f64")]
        case POOLTRACE_FIELD_STRING: [Field(name: name, type: "string")]
        case POOLTRACE_FIELD_SEQUENCE:
            [Field(name: "_\(name)_length", type: "u32"), Field(name: name, type: "\(integer)[_\(name)_length]")]
        default: [Field(name: name, type: integer)]
        }
    }

    /// LTTng writes a field `task` as `integer { size = 64; align = 8; signed = 0; ... } _task;`.
    private static func events(inMetadata metadata: String) -> [String: [Field]] {
        var events: [String: [Field]] = [:]
        for event in metadata.components(separatedBy: "\nevent {").dropFirst() {
            let name = event.firstMatch(of: /name = "pooltrace:(\w+)"/)?.1
            guard let name else { continue }
            let declaration =
                /(string|floating_point|integer) (?:\{ (?:size = (\d+); align = 8; signed = (\d); )?[^}]*\} )?_(\w+)(?:\[ _(\w+) \])?;/
            events[String(name)] = event.matches(of: declaration).map { match in
                let integer = match.2.map { "\(match.3 == "0" ? "u" : "i")\($0)" }
                let single = integer ?? (match.1 == "string" ? "string" : "f64")
                return Field(name: String(match.4), type: single + (match.5.map { "[\($0)]" } ?? ""))
            }
        }
        return events
    }

    /// What `every-event` gives a field: all bits set, a half, a text that names it, or three elements.
    private static func expectedValue(of field: Field) -> String {
        switch field.type {
        case "u8": "\(field.name) = 255"
        case "u32": "\(field.name) = 4294967295"
        case "u64": "\(field.name) = 18446744073709551615"
        case "i32": "\(field.name) = -1"
        case "f64": "\(field.name) = 0.5"
        case "string": "\(field.name) = \"text of \(field.name)\""
        default: "\(field.name) = [ [0] = 1, [1] = 18446744073709551615, [2] = 3 ]"
        }
    }
}

extension Child {
    /// The number that the program prints next, other than 0 and those it has printed before.
    fileprivate func listeners(after known: [String]) async throws -> String {
        var lines = known.count
        while true {
            lines += 1
            let numbers = try await standardOutputLines(atLeast: lines).map { String($0.dropFirst("listeners ".count)) }
            if let new = numbers.last(where: { $0 != "0" && !known.contains($0) }) { return new }
        }
    }
}
