import CTF
import PoolModel

/// Prints events, one a line.
///
/// Fields are read by position and written without formatting machinery; only what has no fixed shape goes through a
/// tree of values.
struct EventFormat {
    /// The fields that differ between two identical runs, by name: `--no-times` leaves them out with the times.
    private static let varying: Set<String> = [
        "pid", "parent_pid", "vpid", "vtid", "ppid", "tid", "pthread_id", "thread", "address", "addr", "error",
        "frames",
        "frames_length", "_frames_length", "ip",
    ]

    /// What the lines of a class have in common.
    private struct Class {
        struct Field {
            var position: Int
            /// What stands before the value: the name, and what parts it from the field before.
            var prefix: [UInt8]
            var kind: EventClass.Field.Kind
            var isSigned: Bool
            var isHexadecimal: Bool
        }

        var name: [UInt8]
        var context: [Field]
        var payload: [Field]
    }

    private let isJSON: Bool
    private let times: Bool
    private let start: Int64
    private let classes: [Class]

    init(_ set: TraceSet, json isJSON: Bool, times: Bool) {
        self.isJSON = isJSON
        self.times = times
        start = set.start ?? 0
        classes = set.eventClasses.map { type in
            Class(
                name: Array((isJSON ? JSONText.quoted(type.name) : TerminalText.escape(type.name)).utf8),
                context: Self.fields(type.contextFields, json: isJSON, times: times),
                payload: Self.fields(type.fields, json: isJSON, times: times))
        }
    }

    private static func fields(_ fields: [EventClass.Field], json: Bool, times: Bool) -> [Class.Field] {
        var result: [Class.Field] = []
        for (position, field) in fields.enumerated() {
            if !times, varying.contains(field.name) || field.name.hasSuffix("_ns") { continue }
            let separator = result.isEmpty ? "" : json ? "," : ", "
            let prefix = json ? JSONText.quoted(field.name) + ":" : TerminalText.escape(field.name) + " = "
            var isHexadecimal = false
            if case .integer(let integer) = field.fieldClass { isHexadecimal = integer.base == 16 && !integer.isSigned }
            result.append(
                Class.Field(
                    position: position, prefix: Array((separator + prefix).utf8), kind: field.kind,
                    isSigned: field.isSigned, isHexadecimal: isHexadecimal))
        }
        return result
    }

    /// Prints an event and the end of its line.
    func write(_ event: Event, to output: inout BufferedOutput) throws {
        let type = classes[event.classIndex]
        if isJSON {
            try json(event, type, &output)
        } else {
            try text(event, type, &output)
        }
        try output.append(UInt8(ascii: "\n"))
    }
}

// MARK: - Text

extension EventFormat {
    /// "+0.000001500 2 name: { vpid = 1 }, { field = 1 }": the time since the start in seconds, the stream, the context
    /// if there is one.
    private func text(_ event: Event, _ type: Class, _ output: inout BufferedOutput) throws {
        if times {
            let offset = event.timestamp &- start
            try output.append(UInt8(ascii: offset < 0 ? "-" : "+"))
            try output.append(decimal: offset.magnitude / 1_000_000_000)
            try output.append(UInt8(ascii: "."))
            try output.append(decimal: offset.magnitude % 1_000_000_000, width: 9)
            try output.append(UInt8(ascii: " "))
            try output.append(decimal: UInt64(event.streamIndex))
            try output.append(UInt8(ascii: " "))
        }
        try output.append(type.name)
        try output.append(": ")
        if !type.context.isEmpty {
            try output.append("{ ")
            try text(event.context, type.context, &output)
            try output.append(" }, ")
        }
        try output.append(type.payload.isEmpty ? "{" : "{ ")
        try text(event.payload, type.payload, &output)
        try output.append(" }")
    }

    private func text(_ fields: EventFields, _ types: [Class.Field], _ output: inout BufferedOutput) throws {
        for type in types {
            try output.append(type.prefix)
            switch type.kind {
            case .integer where type.isHexadecimal:
                try output.append("0x" + String(fields.unsigned(type.position), radix: 16))
            case .integer where type.isSigned: try output.append(decimal: fields.signed(type.position))
            case .integer: try output.append(decimal: fields.unsigned(type.position))
            case .string: try Self.quoted(fields.bytes(type.position), &output)
            default: try Self.text(fields.value(type.position), &output)
            }
        }
    }

    private static func quoted(_ bytes: UnsafeRawBufferPointer, _ output: inout BufferedOutput) throws {
        try output.append(UInt8(ascii: "\""))
        if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            try output.append(bytes)
        } else {
            var marked: [UInt8] = []
            for byte in bytes {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { marked.append(UInt8(ascii: "\\")) }
                marked.append(byte)
            }
            try output.append(TerminalText.escape(utf8: marked))
        }
        try output.append(UInt8(ascii: "\""))
    }

    private static func text(_ value: Value, _ output: inout BufferedOutput) throws {
        switch value {
        case .unsigned(let number, base: 16): try output.append("0x" + String(number, radix: 16))
        case .unsigned(let number, _): try output.append(decimal: number)
        case .signed(let number): try output.append(decimal: number)
        case .float(let number): try output.append("\(number)")
        case .enumeration(let number, let isSigned, let labels):
            let text = isSigned ? String(Int64(bitPattern: number)) : String(number)
            let names = labels.map { "\"\(TerminalText.escape($0))\"" }.joined(separator: ", ")
            try output.append("( \(labels.isEmpty ? "<unknown>" : names) : container = \(text) )")
        case .string(let bytes): try bytes.withUnsafeBytes { try quoted($0, &output) }
        case .structure(let members):
            try output.append("{ ")
            for (index, member) in members.enumerated() {
                try output.append((index == 0 ? "" : ", ") + TerminalText.escape(member.name) + " = ")
                try text(member.value, &output)
            }
            try output.append(" }")
        case .array(let values):
            try output.append("[ ")
            for (index, element) in values.enumerated() {
                try output.append("\(index == 0 ? "" : ", ")[\(index)] = ")
                try text(element, &output)
            }
            try output.append(" ]")
        case .variant(let option, let chosen):
            try output.append("{ \(TerminalText.escape(option)) = ")
            try text(chosen, &output)
            try output.append(" }")
        case .missing: try output.append("<missing>")
        }
    }
}

// MARK: - JSON

extension EventFormat {
    private func json(_ event: Event, _ type: Class, _ output: inout BufferedOutput) throws {
        try output.append(UInt8(ascii: "{"))
        if times {
            try output.append("\"time_ns\":")
            try output.append(decimal: event.timestamp)
            try output.append(",\"stream\":")
            try output.append(decimal: UInt64(event.streamIndex))
            try output.append(",")
        }
        try output.append("\"event\":")
        try output.append(type.name)
        if !type.context.isEmpty {
            try output.append(",\"context\":{")
            try json(event.context, type.context, &output)
            try output.append(UInt8(ascii: "}"))
        }
        try output.append(",\"fields\":{")
        try json(event.payload, type.payload, &output)
        try output.append("}}")
    }

    private func json(_ fields: EventFields, _ types: [Class.Field], _ output: inout BufferedOutput) throws {
        for type in types {
            try output.append(type.prefix)
            switch type.kind {
            case .integer where type.isSigned: try output.append(decimal: fields.signed(type.position))
            case .integer: try output.append(decimal: fields.unsigned(type.position))
            case .string: try JSONText.quote(fields.bytes(type.position), &output)
            default: try Self.json(fields.value(type.position), &output)
            }
        }
    }

    private static func json(_ value: Value, _ output: inout BufferedOutput) throws {
        switch value {
        case .unsigned(let number, _): try output.append(decimal: number)
        case .signed(let number): try output.append(decimal: number)
        case .float(let number): try output.append(number.isFinite ? "\(number)" : "\"\(number)\"")
        case .enumeration(let number, let isSigned, let labels):
            let text = isSigned ? String(Int64(bitPattern: number)) : String(number)
            try output.append("{\"value\":\(text),\"labels\":[\(labels.map(JSONText.quoted).joined(separator: ","))]}")
        case .string(let bytes): try bytes.withUnsafeBytes { try JSONText.quote($0, &output) }
        case .structure(let members):
            try output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                try output.append((index == 0 ? "" : ",") + JSONText.quoted(member.name) + ":")
                try json(member.value, &output)
            }
            try output.append(UInt8(ascii: "}"))
        case .array(let values):
            try output.append(UInt8(ascii: "["))
            for (index, element) in values.enumerated() {
                if index > 0 { try output.append(UInt8(ascii: ",")) }
                try json(element, &output)
            }
            try output.append(UInt8(ascii: "]"))
        case .variant(let option, let chosen):
            try output.append("{\(JSONText.quoted(option)):")
            try json(chosen, &output)
            try output.append(UInt8(ascii: "}"))
        case .missing: try output.append("null")
        }
    }
}
