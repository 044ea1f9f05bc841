import CEventTable
import TestSupport
import Testing

@Suite("The ring's metadata")
struct MetadataTests {
    @Test("lists the table's events, fields and types, as babeltrace2 understands it")
    func sameAsTable() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            try await Program.run(["flood", "10", "1"], settings: ["TRACE": folder]).requireSuccess()
            let lines = try await Babeltrace.events(
                of: folder, arguments: ["--component=sink.text.details", "--params=color=\"never\""])
            let understood = eventClasses(lines)
            let table = (0..<Int(POOLTRACE_EVENT_COUNT.rawValue)).map { pooltrace_event_descriptions()[$0] }
            #expect(understood.count == table.count)
            for (number, description) in table.enumerated() {
                let name = "pooltrace:\(String(cString: description.name))"
                #expect(understood["\(name) \(number)"] == fields(description), "\(name)")
            }
        }
    }

    /// The fields of each event class, "name: type", by the event's name and number.
    private func eventClasses(_ lines: [String]) -> [String: [String]] {
        var classes: [String: [String]] = [:]
        var current: String?
        for line in lines {
            let words = line.split(separator: " ")
            if line.hasPrefix("    Event class `"), words.count == 5 {
                // Event class `pooltrace:site` (ID 3):
                current = "\(words[2].dropFirst().dropLast()) \(words[4].dropLast(2))"
                classes[current ?? ""] = []
            } else if !line.hasPrefix("      ") {
                current = nil
            } else if let name = current, line.hasPrefix("        "), !line.hasPrefix("          "), words.count > 1 {
                let type =
                    switch words[1...].joined(separator: " ") {
                    case let text where text.hasPrefix("Unsigned integer (8-bit"): "u8"
                    case let text where text.hasPrefix("Unsigned integer (32-bit"): "u32"
                    case let text where text.hasPrefix("Unsigned integer (64-bit"): "u64"
                    case let text where text.hasPrefix("Signed integer (32-bit"): "i32"
                    case "Double-precision real": "f64"
                    case "String": "string"
                    case let text: text.hasPrefix("Dynamic array") ? "sequence" : text
                    }
                classes[name]?.append("\(words[0]) \(type)")
            }
        }
        return classes
    }

    private func fields(_ description: pooltrace_event_description) -> [String] {
        (0..<Int(description.field_count)).flatMap { index -> [String] in
            let field = description.fields[index]
            let name = String(cString: field.name)
            switch field.kind {
            case POOLTRACE_FIELD_INTEGER: return ["\(name): \(field.is_signed == 0 ? "u" : "i")\(field.bits)"]
            case POOLTRACE_FIELD_FLOAT: return ["\(name): f64"]
            case POOLTRACE_FIELD_STRING: return ["\(name): string"]
            // babeltrace2 leaves out the underscore.
            default: return ["\(name)_length: u32", "\(name): sequence"]
            }
        }
    }
}
