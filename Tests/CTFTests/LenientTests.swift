import TestSupport
import Testing

@testable import CTF

/// Traces that are odd, and read all the same: nothing is left out, and what is odd is told.
@Suite("What is odd is read, and told")
struct LenientTests {
    private static let types = """
        /* CTF 1.8 */
        typealias integer { size = 8; align = 8; } := u8;
        typealias integer { size = 32; align = 8; } := u32;
        clock { name = c; freq = 1000000000; };
        typealias integer { size = 64; align = 8; map = clock.c.value; } := stamp;

        """

    /// A packet with magic, stream class, sizes and times, and events of a byte.
    private static func packet(
        uuid: [UInt8] = [], stream: UInt64 = 0, begin: UInt64, end: UInt64, discarded: UInt64? = nil,
        sequence: UInt64? = nil, events: [(time: UInt64, value: UInt8)]
    ) -> [UInt8] {
        var writer = BitWriter(.little)
        writer.append(SampleTrace.magic, bits: 32)
        for byte in uuid { writer.append(UInt64(byte), bits: 8) }
        writer.append(stream, bits: 32)
        let size =
            28 + uuid.count + (discarded == nil ? 0 : 4) + (sequence == nil ? 0 : 4) + events.count * 10 + 4
        for _ in 0..<2 { writer.append(UInt64((size) * 8), bits: 32) }
        writer.append(begin, bits: 64)
        writer.append(end, bits: 64)
        for value in [discarded, sequence].compactMap({ $0 }) { writer.append(value, bits: 32) }
        for event in events {
            writer.append(1, bits: 8)
            writer.append(event.time, bits: 64)
            writer.append(UInt64(event.value), bits: 8)
        }
        return writer.bytes
    }

    private static func metadata(
        uuid: String? = nil, context: String = "", streams: [Int] = [0], field: String = "u8 n;"
    ) -> String {
        let trace = """
            trace { major = 1; minor = 8; byte_order = le; \(uuid.map { "uuid = \"\($0)\";" } ?? "")
              packet.header := struct { u32 magic; \(uuid == nil ? "" : "u8 uuid[16];") u32 stream_id; }; };

            """
        return types + trace
            + streams.map { stream in
                """
                stream { id = \(stream); packet.context := struct {
                    u32 packet_size; u32 content_size; stamp timestamp_begin; stamp timestamp_end; \(context) };
                  event.header := struct { u8 id; stamp timestamp; }; };
                event { name = "tick\(stream)"; id = 1; stream_id = \(stream); fields := struct { \(field) }; };

                """
            }.joined()
    }

    private struct Seen {
        var values: [UInt64] = []
        var names: [String] = []
        var times: [Int64] = []
        var problems: [String] = []
        var notes: [String] = []
        var disorder: [String] = []
        var accounts: [StreamAccount] = []
    }

    private static func read(
        _ metadata: String, _ bytes: [UInt8], from: Int64? = nil, to: Int64? = nil, isMerged: Bool = true
    ) async throws -> Seen {
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            try folder.write(bytes, to: "trace/stream")
            let set = try TraceSet(paths: [folder.path("trace")])
            var seen = Seen()
            func see(_ event: Event) {
                seen.values.append(event.unsigned(0))
                seen.names.append(event.name)
                seen.times.append(event.timestamp)
            }
            if isMerged {
                let cursor = set.forEach(from: from, to: to) { see($0) }
                (seen.problems, seen.notes) = (cursor.problems.map(\.message), cursor.notes.map(\.message))
                seen.accounts = cursor.accounts
                seen.disorder = cursor.disorder.map(\.message)
            } else {
                for cursor in set.makeStreamCursors(from: from, to: to) {
                    while cursor.next() { see(cursor.event) }
                    seen.problems += cursor.problems.map(\.message)
                    seen.notes += cursor.notes.map(\.message)
                    seen.disorder += cursor.disorder.map(\.message)
                }
            }
            return seen
        }
    }

    @Test("An attribute of a type that the format does not know is noted with its place, and nothing is refused")
    func unknownAttribute() async throws {
        let text = Self.metadata(field: "integer { size = 8; x_unit = volts; } n; string { colour = red; } s;")
        let bytes = Self.packet(begin: 1, end: 9, events: [])
        let seen = try await Self.read(text, bytes)
        #expect(seen.problems.isEmpty)
        #expect(
            seen.notes == [
                "'x_unit' is not an attribute of integer, and is ignored",
                "'colour' is not an attribute of string, and is ignored",
            ])
    }

    @Test("Packets of another UUID are read; the first of each is told", arguments: [true, false])
    func otherUUID(isMixed: Bool) async throws {
        let other = (1...16).map { UInt8($0) }
        let mine = [UInt8](repeating: 0x11, count: 16)
        let bytes =
            Self.packet(uuid: isMixed ? mine : other, begin: 1, end: 2, events: [(1, 1), (2, 2)])
            + Self.packet(uuid: other, begin: 3, end: 4, events: [(3, 3)])
            + Self.packet(uuid: other, begin: 5, end: 6, events: [(5, 4)])
        let seen = try await Self.read(
            Self.metadata(uuid: "11111111-1111-1111-1111-111111111111"), bytes)
        #expect(seen.values == [1, 2, 3, 4] && seen.problems.isEmpty, "\(seen.problems)")
        #expect(
            seen.notes == [
                "expected the trace's UUID 11111111111111111111111111111111, found 0102030405060708090a0b0c0d0e0f10: read "
                    + "all the same"
            ])
    }

    @Test("Discarded events and missing packets are told with how many and between which times")
    func losses() async throws {
        let text = Self.metadata(context: "u32 events_discarded; u32 packet_seq_num;")
        let bytes =
            Self.packet(begin: 1, end: 2, discarded: 3, sequence: 0, events: [(1, 1)])
            + Self.packet(begin: 5, end: 6, discarded: 43, sequence: 1, events: [(5, 2)])
            + Self.packet(begin: 9, end: 10, discarded: 43, sequence: 6, events: [(9, 3)])
        let seen = try await Self.read(text, bytes)
        #expect(seen.values == [1, 2, 3] && seen.problems.isEmpty && seen.notes.isEmpty)
        let losses = seen.accounts[0].losses
        #expect(losses.map(\.kind) == [.discardedEvents, .discardedEvents, .missingPackets])
        #expect(losses.map(\.count) == [3, 40, 4] && losses.map(\.packet) == [0, 1, 2])
        #expect(losses.map(\.from) == [nil, 2, 6] && losses.map(\.to) == [2, 6, 9])
        #expect(seen.accounts[0].eventsDiscarded == 43 && seen.accounts[0].packetsLost == 4)
    }

    @Test("A packet that comes later than its number says is not missing")
    func outOfOrder() async throws {
        let text = Self.metadata(context: "u32 packet_seq_num;")
        let bytes =
            Self.packet(begin: 1, end: 2, sequence: 0, events: [(1, 1)])
            + Self.packet(begin: 5, end: 6, sequence: 2, events: [(5, 2)])
            + Self.packet(begin: 3, end: 4, sequence: 1, events: [(3, 3)])
        let seen = try await Self.read(text, bytes)
        #expect(seen.values == [1, 2, 3] && seen.accounts[0].packetsLost == 0 && seen.accounts[0].losses.isEmpty)
        #expect(seen.problems == ["expected a packet that begins at 5 or later, found one that begins at 3"])
    }

    @Test("Times count from the first event where packets say that they begin at zero")
    func start() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write(Self.metadata(), to: "trace/metadata")
            let stream = Self.packet(begin: 0, end: 5000, events: [(3000, 1), (4000, 2)])
            try folder.write(stream, to: "trace/stream")
            #expect(try TraceSet(paths: [folder.path("trace")]).start == 3000)
            try folder.write(Self.packet(begin: 2000, end: 5000, events: [(3000, 1)]), to: "trace/stream")
            #expect(try TraceSet(paths: [folder.path("trace")]).start == 2000)
        }
    }

    @Test("Where time goes back no event of the range is lost, and it is told", arguments: [true, false])
    func timeGoesBack(isMerged: Bool) async throws {
        let bytes =
            Self.packet(begin: 10, end: 90, events: [(10, 1), (50, 2), (30, 3), (80, 4), (20, 5)])
            + Self.packet(begin: 25, end: 95, events: [(25, 6), (95, 7)])
            + Self.packet(begin: 5_000_000_000, end: 5_000_000_001, events: [(5_000_000_000, 8)])
        let all = try await Self.read(Self.metadata(), bytes, isMerged: isMerged)
        #expect(all.values == [1, 2, 3, 4, 5, 6, 7, 8] && all.problems.isEmpty, "\(all.problems)")
        let seen = try await Self.read(Self.metadata(), bytes, from: 20, to: 40, isMerged: isMerged)
        #expect(seen.values == [3, 5, 6] && seen.problems.isEmpty)
        let note = "expected an event 50 nanoseconds after the clock's origin or later, found one at 30: time goes back"
        #expect(all.disorder == [note] && seen.disorder == [note] && all.notes.isEmpty)
    }

    @Test("Streams of two classes in one file are read each for itself")
    func sharedFile() async throws {
        let bytes = (0..<6).flatMap { index in
            let time = UInt64(index * 10 + 1)
            let stream = UInt64([0, 3, 3, 0, 3, 0][index])
            return Self.packet(stream: stream, begin: time, end: time + 1, events: [(time, UInt8(index))])
        }
        let seen = try await Self.read(Self.metadata(streams: [0, 3]), bytes)
        #expect(seen.values == [0, 1, 2, 3, 4, 5] && seen.problems.isEmpty, "\(seen.problems)")
        #expect(seen.names == ["tick0", "tick3", "tick3", "tick0", "tick3", "tick0"])
        #expect(seen.accounts.map(\.eventsRead) == [3, 3])
    }

    @Test("Bits of two byte orders in one byte are refused, in whatever field the byte began")
    func byteOrders() async throws {
        let little = "integer { size = 5; align = 1; byte_order = le; }"
        let big = "integer { size = 3; align = 1; byte_order = be; }"
        let refused = [
            "\(big) a; \(little) n;", "struct { \(big) a; } s; \(little) n;", "\(big) a[3]; \(little) n;",
            "u8 n; \(big) a; struct { \(little) b; } c;", "u8 n; \(big) a[n]; \(little) c;",
        ]
        let accepted = [
            "\(big) a; struct { \(little) b; } align(8) c;", "\(big) a[8]; \(little) n;",
            "\(big) a; u8 n; \(little) c;",
        ]
        for fields in refused + accepted {
            let metadata = """
                /* CTF 1.8 */
                typealias integer { size = 8; align = 8; } := u8;
                trace { major = 1; minor = 8; byte_order = be; };
                event { name = e; fields := struct { \(fields) }; };
                """
            try await withTemporaryDirectory { folder in
                let problems = try TraceMetadata(ByteSource(file: folder.write(metadata, to: "metadata"))).problems
                #expect(problems.isEmpty == accepted.contains(fields), "\(fields): \(problems)")
                #expect(problems.allSatisfy { $0.message.contains("one order of bytes") && $0.line == 4 })
            }
        }
    }

    @Test("Fields whose names are one without their underscores keep them")
    func underscores() async throws {
        try await withTemporaryDirectory { folder in
            let metadata = Self.metadata(field: "u8 _a; u8 a; u8 b; u8 __b; u8 _c;")
            try folder.write(metadata, to: "metadata")
            let set = try TraceSet(paths: [folder.path])
            #expect(set.eventClasses.map { $0.fields.map(\.name) } == [["_a", "a", "b", "__b", "_c"]])
        }
    }

    @Test("Streams whose events and packets have no times say so")
    func noTimes() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write(
                Self.types + """
                    trace { major = 1; minor = 8; byte_order = le; };
                    event { name = e; fields := struct { u8 n; }; };
                    """, to: "trace/metadata")
            try folder.write([1, 2], to: "trace/stream")
            let set = try TraceSet(paths: [folder.path("trace")])
            #expect(set.eventClasses.map(\.hasTimes) == [false] && set.streams.map(\.hasTimes) == [false])
            #expect(set.start == nil)
        }
    }
}
