internal import CTF
internal import PoolModel

/// How the events of traces are printed, one a line: made once for each class.
///
/// A line is a list of pieces, each bytes that are always the same and then a value; what has no fixed shape goes
/// through a tree of values.
final class EventFormat: Sendable {
    /// The fields that differ between two identical runs, by name: `--no-times` leaves them out with the times.
    private static let varying: Set<String> = [
        "pid", "parent_pid", "vpid", "vtid", "ppid", "tid", "pthread_id", "thread", "address", "addr", "error",
        "frames",
        "frames_length", "_frames_length", "ip",
    ]

    /// One value of a line, and the bytes before it.
    struct Piece {
        enum Value: UInt8 {
            /// Seconds since the start; nanoseconds since the epoch; the stream's number.
            case offset, time, stream
            case unsigned, signed, hexadecimal, string
            /// Any field.
            case tree
            /// The context begins; so many pieces on, it has ended. What lies between is copied where it is known.
            case context
            /// The context has ended.
            case contextEnd
            /// The line's end: no value.
            case none
        }

        var prefix: UnsafePointer<UInt8>
        var prefixCount: Int
        var value: Value
        /// Among the context's fields and then the payload's; of `context` the number of its pieces.
        var position: Int
    }

    struct Line {
        var first: UnsafePointer<Piece>
        /// Enough for all pieces but texts and trees.
        var room: Int
    }

    /// The longest piece of fixed shape: 20 digits, a sign, a point, and nine digits.
    private static let maximumValueLength = 32

    let isJSON: Bool
    /// What offsets count from, in nanoseconds since the epoch.
    let start: Int64
    /// By class.
    // All written by init alone.
    nonisolated(unsafe) let lines: UnsafePointer<Line>
    nonisolated(unsafe) private let pieces: UnsafeMutablePointer<Piece>
    nonisolated(unsafe) private let bytes: UnsafeMutablePointer<UInt8>

    init(_ set: TraceSet, json isJSON: Bool, times: Bool) {
        self.isJSON = isJSON
        start = set.start ?? 0
        let drafts = set.eventClasses.map { isJSON ? Draft.json($0, times: times) : Draft.text($0, times: times) }
        let count = drafts.reduce(0) { $0 + $1.pieces.count }
        let size = drafts.reduce(0) { $0 + $1.pieces.reduce(0) { $0 + $1.prefix.count } }
        let lines = UnsafeMutablePointer<Line>.allocate(capacity: drafts.count)
        pieces = .allocate(capacity: count)
        bytes = .allocate(capacity: size + TextCursor.slack)
        bytes.initialize(repeating: 0, count: size + TextCursor.slack)
        self.lines = UnsafePointer(lines)
        var (piece, byte) = (pieces, bytes)
        for (index, draft) in drafts.enumerated() {
            let room = draft.pieces.reduce(ContextTexts.maximumLength) {
                $0 + $1.prefix.count + Self.maximumValueLength
            }
            (lines + index).initialize(to: Line(first: piece, room: room))
            for part in draft.pieces {
                for (offset, value) in part.prefix.enumerated() { byte[offset] = value }
                piece.initialize(
                    to: Piece(prefix: byte, prefixCount: part.prefix.count, value: part.value, position: part.position))
                byte += part.prefix.count
                piece += 1
            }
        }
    }

    deinit {
        lines.deallocate()
        pieces.deallocate()
        bytes.deallocate()
    }
}

// MARK: - Making the lines

extension EventFormat {
    private struct Draft {
        var pieces: [(prefix: [UInt8], value: Piece.Value, position: Int)] = []
        private var pending: [UInt8] = []

        mutating func add(_ text: String) { pending += Array(text.utf8) }

        mutating func add(_ value: Piece.Value, at position: Int = 0) {
            pieces.append((pending, value, position))
            pending = []
        }

        mutating func add(
            _ fields: [EventClass.Field], from first: Int, times: Bool, separator: String, name: (String) -> String,
            isJSON: Bool
        ) {
            var isFirst = true
            var keys: Set<String> = []
            for (position, field) in fields.enumerated() {
                if !times, EventFormat.varying.contains(field.name) || field.name.hasSuffix("_ns") { continue }
                // A stream's context and an event's own may have the same names; an object may not.
                var key = field.name
                var number = 1
                while isJSON, !keys.insert(key).inserted {
                    number += 1
                    key = "\(field.name)_\(number)"
                }
                add((isFirst ? "" : separator) + name(key))
                add(Self.value(field, isJSON: isJSON), at: first + position)
                isFirst = false
            }
        }

        private static func value(_ field: EventClass.Field, isJSON: Bool) -> Piece.Value {
            switch field.fieldClass {
            case .integer(let integer) where isJSON || integer.base == 10: integer.isSigned ? .signed : .unsigned
            case .integer(let integer): integer.base == 16 && !integer.isSigned ? .hexadecimal : .tree
            default: field.kind == .string ? .string : .tree
            }
        }

        /// "+0.000001500 2 name: { vpid = 1 }, { field = 1 }": the time since the start in seconds if there is a clock,
        /// the stream, the context if there is one.
        static func text(_ type: EventClass, times: Bool) -> Draft {
            var line = Draft()
            if times {
                if type.hasTimes {
                    line.add(.offset)
                    line.add(" ")
                }
                line.add(.stream)
                line.add(" ")
            }
            line.add(TerminalText.escape(type.name) + ": ")
            let name = { (name: String) in TerminalText.escape(name) + " = " }
            var context = Draft()
            context.add(type.contextFields, from: 0, times: times, separator: ", ", name: name, isJSON: false)
            if !context.pieces.isEmpty {
                line.add("{ ")
                line.add(.context, at: context.pieces.count)
                line.add(type.contextFields, from: 0, times: times, separator: ", ", name: name, isJSON: false)
                line.add(.contextEnd)
                line.add(" }, ")
            }
            var payload = Draft()
            payload.add(
                type.fields, from: type.contextFields.count, times: times, separator: ", ", name: name, isJSON: false)
            line.add(payload.pieces.isEmpty ? "{" : "{ ")
            line.add(
                type.fields, from: type.contextFields.count, times: times, separator: ", ", name: name, isJSON: false)
            line.add(" }\n")
            line.add(.none)
            return line
        }

        static func json(_ type: EventClass, times: Bool) -> Draft {
            var line = Draft()
            line.add("{")
            if times {
                if type.hasTimes {
                    line.add("\"time_ns\":")
                    line.add(.time)
                    line.add(",")
                }
                line.add("\"stream\":")
                line.add(.stream)
                line.add(",")
            }
            line.add("\"event\":" + JSONText.quoted(type.name))
            let name = { (name: String) in JSONText.quoted(name) + ":" }
            var context = Draft()
            context.add(type.contextFields, from: 0, times: times, separator: ",", name: name, isJSON: true)
            if !context.pieces.isEmpty {
                line.add(",\"context\":{")
                line.add(.context, at: context.pieces.count)
                line.add(type.contextFields, from: 0, times: times, separator: ",", name: name, isJSON: true)
                line.add(.contextEnd)
                line.add("}")
            }
            line.add(",\"fields\":{")
            line.add(
                type.fields, from: type.contextFields.count, times: times, separator: ",", name: name, isJSON: true)
            line.add("}}\n")
            line.add(.none)
            return line
        }
    }
}
