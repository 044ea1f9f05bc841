internal import CTF
internal import PoolModel

extension EventSummary: Document {
    /// For each class, the most frequent first, a line like `name: 12 events, +0.000001500 ... +1.200000000`.
    ///
    /// Below it are its fields, `field = 1 ... 9`. Then come lines of what was lost. The last line is the total.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        var text = ""
        for (type, summary) in ordered {
            let count = Counted.text(summary.count, "event")
            let times = type.hasTimes ? ", \(offset(summary.first)) ... \(offset(summary.last))" : ""
            text += "\(TerminalText.escape(type.name)): \(count)\(times)\n"
            for (field, range) in ranges(type, summary) {
                guard let range else { continue }
                text += "    \(TerminalText.escape(field.name)) = \(range.least) ... \(range.greatest)\(range.unit)\n"
            }
        }
        for loss in losses?.losses ?? [] { text += "lost: \(losses?.text(loss) ?? "")\n" }
        text += "total: \(Counted.text(total, "event"))\n"
        text.write(to: sink)
    }

    /// Writes the document `pooltrace.summary`: the same.
    package func writeJSON(to sink: @escaping ByteSink) {
        var writer = JSONWriter(to: sink)
        writer.object { writer in
            writer.value("schema", "pooltrace.summary")
            writer.value("version", 1)
            writer.value("total", total)
            writer.array("losses") { writer in
                for loss in losses?.losses ?? [] {
                    writer.object { writer in
                        writer.value("stream", loss.stream)
                        writer.value("kind", loss.kind == .discardedEvents ? "discarded_events" : "missing_packets")
                        writer.value("count", loss.count)
                        writer.value("from_ns", loss.from)
                        writer.value("to_ns", loss.to)
                    }
                }
            }
            writer.array("classes") { writer in
                for (type, summary) in ordered {
                    writer.object { writer in
                        writer.value("event", type.name)
                        writer.value("count", summary.count)
                        if type.hasTimes {
                            writer.value("first_ns", summary.first)
                            writer.value("last_ns", summary.last)
                        }
                        writer.array("fields") { writer in
                            for (field, range) in ranges(type, summary) {
                                writer.object { writer in
                                    writer.value("name", field.name)
                                    guard let range else { return }
                                    range.least.write("least", to: &writer)
                                    range.greatest.write("greatest", to: &writer)
                                }
                            }
                        }
                    }
                }
            }
        }
        writer.finish()
    }

    private var total: UInt64 { classes.reduce(0) { $0 + $1.count } }

    /// The classes that have events, those with most first.
    private var ordered: [(EventClass, Class)] {
        zip(types, classes).filter { $1.count > 0 }.sorted { ($1.1.count, $0.0.index) < ($0.1.count, $1.0.index) }
    }

    private func offset(_ time: Int64) -> String { Self.offset(time, from: start) }

    /// A time as the seconds since another.
    static func offset(_ time: Int64, from start: Int64) -> String {
        let offset = time &- start
        let fraction = String(offset.magnitude % 1_000_000_000)
        let zeros = String(repeating: "0", count: 9 - fraction.count)
        return "\(offset < 0 ? "-" : "+")\(offset.magnitude / 1_000_000_000).\(zeros)\(fraction)"
    }
}

// MARK: - Ranges of fields

extension EventSummary {
    /// The least or the greatest value of a field.
    private enum Bound: CustomStringConvertible {
        case unsigned(UInt64)
        case signed(Int64)
        case float(Double)

        var description: String {
            switch self {
            case .unsigned(let number): "\(number)"
            case .signed(let number): "\(number)"
            case .float(let number): "\(number)"
            }
        }

        func write(_ key: String, to writer: inout JSONWriter) {
            switch self {
            case .unsigned(let number): writer.value(key, number)
            case .signed(let number): writer.value(key, number)
            case .float(let number): writer.value(key, number)
            }
        }
    }

    private typealias Range = (least: Bound, greatest: Bound, unit: String)

    private func ranges(_ type: EventClass, _ summary: Class) -> [(EventClass.Field, Range?)] {
        zip(type.contextFields + type.fields, fields[summary.firstField...]).map { ($0, Self.range($1)) }
    }

    private static func range(_ field: Field) -> Range? {
        func range(_ bound: (UInt64) -> Bound, _ unit: String) -> Range {
            (bound(field.least), bound(field.greatest), unit)
        }
        switch field.kind {
        case .unsigned: return range(Bound.unsigned, "")
        case .signed: return range({ .signed(Int64(bitPattern: $0 ^ signBit)) }, "")
        case .text: return range(Bound.unsigned, " bytes")
        case .sequence: return range(Bound.unsigned, " elements")
        case .float:
            let isKnown =
                field.leastFloat <= field.greatestFloat && field.leastFloat.isFinite && field.greatestFloat.isFinite
            return isKnown ? (.float(field.leastFloat), .float(field.greatestFloat), "") : nil
        case .other: return nil
        }
    }
}
