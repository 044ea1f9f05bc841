internal import CEventTable
internal import TestSupport

/// Writes small traces by hand, as the ring or a session of LTTng would: one packet for each stream.
struct TraceWriter {
    enum Value {
        case number(UInt64)
        case text(String)
        case bytes([UInt8])
        case numbers([UInt64])
        case float(Double)
    }

    /// Which tracer is imitated: the ring, or LTTng with a vpid context.
    enum Tracer { case ring, lttng }

    static let start: UInt64 = 1_700_000_000_000_000_000

    private struct Stream {
        var content: [UInt8] = []
        var begin = UInt64.max
        var end: UInt64 = 0
        var discarded: UInt64 = 0
        var before: UInt64 = 0

        mutating func add(_ event: [UInt8], at time: UInt64) {
            content += event
            begin = min(begin, time)
            end = max(end, time)
        }
    }

    let tracer: Tracer
    private var streams: [UInt64: Stream] = [:]
    private var pid: UInt32 = 4711

    init(_ tracer: Tracer = .ring) { self.tracer = tracer }

    /// The events that follow are of this process.
    mutating func become(_ pid: UInt32) { self.pid = pid }

    /// Adds an event of the table, its values in the order of its fields; events of one stream come in order of time.
    mutating func add(_ name: String, at offset: UInt64, stream: UInt64 = 0, _ values: Value...) {
        add(name, at: offset, stream: stream, values)
    }

    mutating func add(_ name: String, at offset: UInt64, stream: UInt64 = 0, _ values: [Value]) {
        guard let number = Self.names.firstIndex(of: name) else { fatalError("the table has no event \(name)") }
        let description = pooltrace_event_descriptions()[number]
        precondition(values.count == Int(description.field_count), "\(name) has \(description.field_count) fields")
        var event: [UInt8] = []
        Self.append(Self.start + offset, bits: 64, to: &event)
        Self.append(UInt64(number), bits: 16, to: &event)
        if tracer == .lttng { Self.append(UInt64(pid), bits: 32, to: &event) }
        for (position, value) in values.enumerated() {
            switch value {
            case .number(let number): Self.append(number, bits: Int(description.fields[position].bits), to: &event)
            case .text(let text): event += Array(text.utf8) + [0]
            case .bytes(let bytes): event += bytes + [0]
            case .float(let number): Self.append(number.bitPattern, bits: 64, to: &event)
            case .numbers(let numbers):
                Self.append(UInt64(numbers.count), bits: 32, to: &event)
                for number in numbers { Self.append(number, bits: 64, to: &event) }
            }
        }
        streams[stream, default: Stream()].add(event, at: Self.start + offset)
    }

    /// Says what a stream has lost.
    mutating func lose(stream: UInt64, overwritten: UInt64 = 0, discarded: UInt64 = 0) {
        streams[stream]?.before = overwritten
        streams[stream]?.discarded = discarded
    }

    /// Writes the trace into a folder.
    func write(to directory: TemporaryDirectory) throws {
        _ = try directory.write(metadata, to: "metadata")
        for (number, stream) in streams {
            var packet: [UInt8] = []
            Self.append(0xC1FC_1FC1, bits: 32, to: &packet)
            Self.append(0, bits: 32, to: &packet)
            let size = UInt64(72 + stream.content.count) * 8
            for field in [number, stream.begin, stream.end, size, size, 0, stream.discarded, stream.before] {
                Self.append(field, bits: 64, to: &packet)
            }
            _ = try directory.write(packet + stream.content, to: "packet-\(number)")
        }
    }

    private static let names: [String] = (0..<Int(POOLTRACE_EVENT_COUNT.rawValue)).map {
        String(cString: pooltrace_event_descriptions()[$0].name)
    }

    private static func append(_ value: UInt64, bits: Int, to bytes: inout [UInt8]) {
        for byte in 0..<bits / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
    }

    private var metadata: String {
        var text = """
            /* CTF 1.8 */
            typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
            typealias integer { size = 16; align = 8; signed = false; } := uint16_t;
            typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
            typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
            typealias integer { size = 32; align = 8; signed = true; } := int32_t;
            typealias floating_point { exp_dig = 11; mant_dig = 53; align = 8; } := double;
            trace {
                major = 1; minor = 8; byte_order = le;
                packet.header := struct { uint32_t magic; uint32_t stream_id; uint64_t stream_instance_id; };
            };
            env { tracer_name = "\(tracer == .ring ? "hand" : "lttng-ust")"; };
            clock { name = hand; freq = 1000000000; };
            typealias integer { size = 64; align = 8; signed = false; map = clock.hand.value; } := timestamp_t;
            stream {
                id = 0;
                packet.context := struct {
                    timestamp_t timestamp_begin; timestamp_t timestamp_end; uint64_t content_size; uint64_t packet_size;
                    uint64_t packet_seq_num; uint64_t events_discarded; uint64_t events_before;
                };
                event.header := struct { timestamp_t timestamp; uint16_t id; };
                \(tracer == .lttng ? "event.context := struct { int32_t _vpid; };" : "")
            };

            """
        for (number, name) in Self.names.enumerated() {
            let fields = String(cString: pooltrace_event_descriptions()[number].metadata)
            text +=
                "event { name = \"pooltrace:\(name)\"; id = \(number); stream_id = 0; fields := struct { \(fields)}; };\n"
        }
        return text
    }
}
