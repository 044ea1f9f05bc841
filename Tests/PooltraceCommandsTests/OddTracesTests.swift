import Foundation
import TestSupport
import Testing

/// What `pooltrace events` says of traces that are odd and no damage: it is told, and the status is 0.
@Suite("pooltrace events of odd traces")
struct OddTracesTests {
    private static let types = """
        /* CTF 1.8 */
        typealias integer { size = 8; align = 8; } := u8;
        typealias integer { size = 32; align = 8; } := u32;
        clock { name = c; freq = 1000000000; };
        typealias integer { size = 64; align = 8; map = clock.c.value; } := stamp;
        trace { major = 1; minor = 8; byte_order = le; };

        """

    private static func bytes(_ values: UInt64..., bits: Int = 64) -> [UInt8] {
        values.flatMap { value in (0..<(bits / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    private static func events(_ metadata: String, _ stream: [UInt8], _ arguments: String...) async throws
        -> ChildResult
    {
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            try folder.write(stream, to: "trace/stream")
            return try await Child.run(
                BuiltProduct.path("pooltrace"), ["events", folder.path("trace")] + arguments)
        }
    }

    /// Packets of one event each, with a counter of discarded events and a number.
    private static let counted =
        types + """
            stream { packet.context := struct {
                u32 packet_size; stamp timestamp_begin; stamp timestamp_end; u32 events_discarded; u32 packet_seq_num; };
              event.header := struct { stamp timestamp; }; };
            event { name = "tick"; fields := struct { u8 n; }; };
            """

    private static func packet(_ time: UInt64, discarded: UInt64, sequence: UInt64) -> [UInt8] {
        bytes(37 * 8, bits: 32) + bytes(time, time + 1) + bytes(discarded, sequence, bits: 32) + bytes(time) + [7]
    }

    @Test("Discarded events and missing packets are lines with stream and time, and lines of the summary")
    func losses() async throws {
        let stream =
            Self.packet(1_000_000_000, discarded: 0, sequence: 0)
            + Self.packet(1_000_000_500, discarded: 40, sequence: 1)
            + Self.packet(2_000_000_000, discarded: 40, sequence: 6)
        let result = try await Self.events(Self.counted, stream).requireSuccess()
        #expect(result.lines.count == 3)
        let lines = result.error.split(separator: "\n").map { $0.replacing(/\/\S+\/trace\//, with: "") }
        #expect(
            lines == [
                "pooltrace: stream 0: 40 events were discarded between +0.000000001 and +0.000000501 "
                    + "(stream: packet 1 at byte 37)",
                "pooltrace: stream 0: 4 packets are missing between +0.000000501 and +1.000000000 "
                    + "(stream: packet 2 at byte 74)",
            ])
        let summary = try await Self.events(Self.counted, stream, "--summary").requireSuccess()
        #expect(
            summary.lines.suffix(3) == [
                "lost: stream 0: 40 events were discarded between +0.000000001 and +0.000000501",
                "lost: stream 0: 4 packets are missing between +0.000000501 and +1.000000000", "total: 3 events",
            ])
        let json = try await Self.events(Self.counted, stream, "--summary", "--format", "json").requireSuccess()
        #expect(
            json.output.contains(
                #""losses":[{"stream":0,"kind":"discarded_events","count":40,"from_ns":1000000001,"to_ns":1000000501}"#),
            "\(json.output)")
        // What was lost before the time that is asked for says nothing of it.
        let later = try await Self.events(Self.counted, stream, "--from", "0.5s").requireSuccess()
        #expect(later.lines.count == 1 && later.error.split(separator: "\n").count == 1, "\(later)")
    }

    @Test("Times and ranges of time count from the first event where packets say that they begin at zero")
    func start() async throws {
        let metadata =
            Self.types + """
                stream { packet.context := struct { stamp timestamp_begin; stamp timestamp_end; };
                  event.header := struct { stamp timestamp; }; };
                event { name = "tick"; fields := struct { u8 n; }; };
                """
        let first: UInt64 = 602_899_000_000_000
        let stream =
            Self.bytes(0, first + 1_000_000_000, first) + [1] + Self.bytes(first + 1_000_000_000) + [2]
        let all = try await Self.events(metadata, stream).requireSuccess()
        #expect(all.lines == ["+0.000000000 0 tick: { n = 1 }", "+1.000000000 0 tick: { n = 2 }"])
        let some = try await Self.events(metadata, stream, "--from", "0s", "--to", "0.5s").requireSuccess()
        #expect(some.lines == ["+0.000000000 0 tick: { n = 1 }"])
    }

    @Test("Time that goes back loses nothing of a range, and is told with its place")
    func timeGoesBack() async throws {
        let metadata =
            Self.types + """
                stream { event.header := struct { stamp timestamp; }; };
                event { name = "tick"; fields := struct { u8 n; }; };
                """
        let stream = [100, 900, 200, 950].enumerated().flatMap { Self.bytes(UInt64($1)) + [UInt8($0)] }
        let result = try await Self.events(metadata, stream, "--to", "300ns").requireSuccess()
        #expect(result.lines == ["+0.000000000 0 tick: { n = 0 }", "+0.000000100 0 tick: { n = 2 }"])
        #expect(
            result.error.hasSuffix(
                "stream: packet 0 at byte 18: expected an event 900 nanoseconds after the clock's origin or later, found one "
                    + "at 200: time goes back\n"), "\(result.error)")
    }

    @Test("Integers are shown in the base that the metadata names; in JSON they are numbers")
    func bases() async throws {
        let metadata = """
            /* CTF 1.8 */
            trace { major = 1; minor = 8; byte_order = le; };
            event { name = "open"; fields := struct {
              integer { size = 32; align = 8; base = 8; } flags; integer { size = 32; align = 8; base = 16; } mask;
              integer { size = 32; align = 8; signed = true; base = 16; } offset; integer { size = 8; base = 2; } bits;
              integer { size = 8; signed = true; base = 8; } list[2]; }; };
            """
        let stream: [UInt8] = [2, 0x80, 0, 0, 0x1F, 0, 6, 0, 0, 0xFF, 0xFF, 0xFF, 5, 7, 0xFF]
        let text = try await Self.events(metadata, stream).requireSuccess()
        #expect(
            text.lines == [
                "0 open: { flags = 0100002, mask = 0x6001f, offset = 0xffffff00, bits = 0b00000101, "
                    + "list = [ [0] = 07, [1] = 0777 ] }"
            ])
        let json = try await Self.events(metadata, stream, "--format", "json").requireSuccess()
        // Events without a clock have no time.
        #expect(
            json.lines == [
                #"{"stream":0,"event":"open","fields":{"flags":32770,"mask":393247,"offset":-256,"bits":5,"list":[7,-1]}}"#
            ])
    }

    @Test("Every value is in the object, whatever names repeat in the contexts")
    func names() async throws {
        let metadata =
            Self.types + """
                stream { event.context := struct { u8 id; u8 id_2; }; };
                event { name = "e"; context := struct { u8 id; u8 id_2; }; fields := struct { u8 _a; u8 a; }; };
                """
        let json = try await Self.events(metadata, [1, 2, 3, 4, 5, 6], "--format", "json").requireSuccess()
        #expect(
            json.lines == [
                #"{"stream":0,"event":"e","context":{"id":1,"id_2":2,"id_3":3,"id_2_2":4},"fields":{"_a":5,"a":6}}"#
            ])
    }

    @Test("What the format does not know is a line, and no damage")
    func unknown() async throws {
        let metadata = """
            /* CTF 1.8 */
            trace { major = 1; minor = 8; byte_order = le; };
            event { name = "e"; fields := struct { integer { size = 8; x_unit = volts; } n; }; };
            """
        let result = try await Self.events(metadata, [5]).requireSuccess()
        #expect(result.lines == ["0 e: { n = 5 }"])
        #expect(
            result.error.hasSuffix(
                "metadata:3:60: byte 123: 'x_unit' is not an attribute of integer, and is ignored\n"),
            "\(result.error)")
    }
}
