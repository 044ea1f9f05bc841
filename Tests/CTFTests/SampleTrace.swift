import CTF
import TestSupport

/// A trace made by hand: fixed headers, or compact ones as LTTng has them; in either byte order.
struct SampleTrace {
    var order = ByteOrder.little
    /// LTTng's compact header: 5 bits of id and 27 of time, or an extended form.
    var compact = false

    static let magic: UInt64 = 0xC1FC_1FC1

    var metadata: String {
        let header =
            compact
            ? """
            struct { enum : uint5_t { compact = 0 ... 30, extended = 31 } id;
                variant <id> { struct { uint27_t timestamp; } compact; struct { uint32_t id; clock_t timestamp; } extended; } v;
            } align(8)
            """ : "struct { clock_t timestamp; uint16_t id; }"
        return """
            /* CTF 1.8 */
            typealias integer { size = 5; align = 1; } := uint5_t;
            typealias integer { size = 8; align = 8; } := uint8_t;
            typealias integer { size = 16; align = 8; } := uint16_t;
            typealias integer { size = 32; align = 8; } := uint32_t;
            typealias integer { size = 64; align = 8; } := uint64_t;
            typealias integer { size = 27; align = 1; map = clock.cycles.value; } := uint27_t;
            typealias integer { size = 64; align = 8; map = clock.cycles.value; } := clock_t;
            typealias integer { size = 32; align = 32; signed = true; } := aligned_t;
            trace {
                major = 1; minor = 8; byte_order = \(order == .little ? "le" : "be");
                packet.header := struct { uint32_t magic; uint32_t stream_id; uint64_t stream_instance_id; };
            };
            env { hostname = "box"; vpid = 42; };
            clock { name = cycles; freq = 2445000000; offset_s = 1700000000; offset = 1222500000; };
            stream {
                id = 0;
                packet.context := struct {
                    clock_t timestamp_begin; clock_t timestamp_end; uint64_t content_size; uint64_t packet_size;
                    uint64_t packet_seq_num; uint64_t events_discarded; uint64_t events_before;
                };
                event.header := \(header);
            };
            event { name = "number"; id = 0; stream_id = 0; fields := struct { uint64_t _value; uint8_t small; }; };
            event { name = "words"; id = 1; stream_id = 0;
                fields := struct { string text; uint32_t __list_length; uint64_t _list[__list_length]; string last; }; };
            event { name = "odd"; id = 2; stream_id = 0;
                fields := struct {
                    integer { size = 3; align = 1; } three; integer { size = 13; align = 1; signed = true; } thirteen;
                    aligned_t aligned; floating_point { exp_dig = 11; mant_dig = 53; align = 8; } real;
                    enum : uint8_t { A, B = 5 ... 9, C } tag;
                    variant <tag> { uint8_t A; string B; struct { uint16_t x; string y; } C; } chosen;
                    struct { uint8_t n; uint16_t inner[n]; } pairs[2]; uint32_t end;
                }; };
            """
    }

    /// One packet, padded.
    ///
    /// - Parameter events: Append events at the writer's position: the header, then the fields.
    func packet(
        instance: UInt64 = 0, sequence: UInt64, begin: UInt64, end: UInt64, discarded: UInt64 = 0, before: UInt64 = 0,
        size: Int = 4096, events: (inout BitWriter) -> Void
    ) -> [UInt8] {
        var writer = BitWriter(order)
        writer.append(Self.magic, bits: 32)
        writer.append(0, bits: 32)
        for value in [instance, begin, end, 0, UInt64(size) * 8, sequence, discarded, before] {
            writer.append(value, bits: 64)
        }
        events(&writer)
        let content = writer.bits
        writer.pad(to: size)
        writer.patch(UInt64(content), at: Self.contentSizeAt)
        return writer.bytes
    }

    static let contentSizeAt = 32
    static let packetSizeAt = 40
    /// The bytes of packet header and context.
    static let headerSize = 72

    func header(_ writer: inout BitWriter, id: UInt64, time: UInt64, extended: Bool = false) {
        guard compact else {
            writer.append(time, bits: 64, align: 8)
            writer.append(id, bits: 16, align: 8)
            return
        }
        writer.append(extended ? 31 : id, bits: 5, align: 8)
        if extended {
            writer.append(id, bits: 32, align: 8)
            writer.append(time, bits: 64, align: 8)
        } else {
            writer.append(time & 0x7FF_FFFF, bits: 27)
        }
    }

    func number(_ writer: inout BitWriter, time: UInt64, _ value: UInt64, extended: Bool = false) {
        header(&writer, id: 0, time: time, extended: extended)
        writer.append(value, bits: 64, align: 8)
        writer.append(value & 0xFF, bits: 8, align: 8)
    }

    func words(_ writer: inout BitWriter, time: UInt64, _ text: String, _ list: [UInt64]) {
        header(&writer, id: 1, time: time)
        writer.append(text)
        writer.append(UInt64(list.count), bits: 32, align: 8)
        for value in list { writer.append(value, bits: 64, align: 8) }
        writer.append("last")
    }

    /// Every shape at odd places: `choice` is the variant's tag.
    func odd(_ writer: inout BitWriter, time: UInt64, choice: UInt64) {
        header(&writer, id: 2, time: time)
        // The payload's alignment is that of its most aligned field.
        writer.align(32)
        writer.append(5, bits: 3)
        writer.append(UInt64(bitPattern: -1234) & 0x1FFF, bits: 13)
        writer.append(UInt64(bitPattern: -7) & 0xFFFF_FFFF, bits: 32, align: 32)
        writer.append((2.5).bitPattern, bits: 64, align: 8)
        writer.append(choice, bits: 8, align: 8)
        switch choice {
        case 0: writer.append(77, bits: 8, align: 8)
        case 5...9: writer.append("option")
        default:
            writer.append(300, bits: 16, align: 8)
            writer.append("why")
        }
        for count in [2, 1] as [UInt64] {
            writer.append(count, bits: 8, align: 8)
            for element in 0..<count { writer.append(1000 + element, bits: 16, align: 8) }
        }
        writer.append(0xDEAD_BEEF, bits: 32, align: 8)
    }

    /// Nanoseconds since the epoch of a reading of the trace's clock.
    static func nanoseconds(_ ticks: UInt64) -> Int64 {
        1_700_000_000_500_000_000 + Int64(ticks.multipliedFullWidth(by: 1_000_000_000).low / 2_445_000_000)
    }

    @discardableResult
    func write(_ files: [String: [UInt8]], to folder: TemporaryDirectory, name: String = "trace") throws -> String {
        try folder.write(metadata, to: "\(name)/metadata")
        for (file, bytes) in files { try folder.write(bytes, to: "\(name)/\(file)") }
        return folder.path(name)
    }
}
