import TestSupport
import Testing

@testable import CTF

@Suite("Traces made by hand")
struct HandBuiltTraceTests {
    private static let shapes = [
        SampleTrace(order: .little, compact: false), SampleTrace(order: .big, compact: false),
        SampleTrace(order: .little, compact: true), SampleTrace(order: .big, compact: true),
    ]

    @Test(
        "Fields of fixed and varying places are read in both byte orders, with fixed and compact headers",
        arguments: 0..<4)
    func fields(shape: Int) async throws {
        let sample = Self.shapes[shape]
        try await withTemporaryDirectory { folder in
            let packet = sample.packet(sequence: 0, begin: 1000, end: 9000) { writer in
                sample.number(&writer, time: 1000, 0xFEDC_BA98_7654_3210)
                sample.words(&writer, time: 2000, "héllo", [1, .max, 3])
                sample.odd(&writer, time: 3000, choice: 0)
                sample.odd(&writer, time: 4000, choice: 7)
                sample.odd(&writer, time: 5000, choice: 10)
                sample.words(&writer, time: 6000, "", [])
            }
            let path = try sample.write(["stream": packet], to: folder)
            let set = try TraceSet(paths: [path])
            let cursor = set.makeCursor()

            #expect(cursor.next() && cursor.event.name == "number")
            #expect(cursor.event.timestamp == SampleTrace.nanoseconds(1000))
            #expect(cursor.event.unsigned(0) == 0xFEDC_BA98_7654_3210 && cursor.event.unsigned(1) == 0x10)
            #expect(cursor.event.unsigned(2) == 0 && cursor.event.string(0) == "" && cursor.event.sequence(0).isEmpty)

            #expect(cursor.next() && cursor.event.name == "words")
            #expect(cursor.event.timestamp == SampleTrace.nanoseconds(2000))
            #expect(cursor.event.string(0) == "héllo" && cursor.event.string(3) == "last")
            #expect(Array(cursor.event.sequence(2)) == [1, .max, 3])

            for (index, chosen) in ["A", "B", "C"].enumerated() {
                #expect(cursor.next() && cursor.event.name == "odd")
                let event = cursor.event
                #expect(event.unsigned(0) == 5 && event.signed(1) == -1234 && event.signed(2) == -7, "choice \(chosen)")
                #expect(event.float(3) == 2.5 && event.unsigned(7) == 0xDEAD_BEEF, "choice \(chosen)")
                let values: [Value] = [
                    .unsigned(77, .init(bits: 8)), .string(Array("option".utf8)),
                    .structure([
                        .init(name: "x", value: .unsigned(300, .init(bits: 16))),
                        .init(name: "y", value: .string(Array("why".utf8))),
                    ]),
                ]
                #expect(event.value(5) == .variant(option: chosen, values[index]))
                guard case .array(let pairs) = event.value(6), pairs.count == 2 else {
                    Issue.record("\(event.value(6))")
                    return
                }
                let inner = Value.array([.unsigned(1000, .init(bits: 16)), .unsigned(1001, .init(bits: 16))])
                #expect(
                    pairs[0]
                        == .structure([
                            .init(name: "n", value: .unsigned(2, .init(bits: 8))), .init(name: "inner", value: inner),
                        ]))
            }
            #expect(cursor.next() && cursor.event.string(0) == "" && cursor.event.sequence(2).isEmpty)
            #expect(!cursor.next() && !cursor.next())
            #expect(cursor.problems.isEmpty, "\(cursor.problems)")
            #expect(cursor.accounts[0].eventsRead == 6)
        }
    }

    @Test("babeltrace2 reads the traces made by hand as we do", arguments: 0..<4)
    func oracle(shape: Int) async throws {
        let sample = Self.shapes[shape]
        try await withTemporaryDirectory { folder in
            var time: UInt64 = 1000
            var packets: [UInt8] = []
            for sequence in 0..<3 as Range<UInt64> {
                let begin = time
                packets += sample.packet(sequence: sequence, begin: begin, end: begin + 9_000_000) { writer in
                    for index in 0..<8 as Range<UInt64> {
                        time += 1_000_000
                        switch index % 3 {
                        case 0: sample.number(&writer, time: time, index &* 0x0123_4567_89AB_CDEF)
                        case 1: sample.words(&writer, time: time, "t\(index)", Array(0..<index))
                        default: sample.odd(&writer, time: time, choice: [0, 7, 10][Int(index / 3)])
                        }
                    }
                }
                time = begin + 9_000_000
            }
            let path = try sample.write(["stream": packets], to: folder)
            try await expectSameAsBabeltrace(path)
        }
    }

    @Test("A timestamp of 27 bits wraps any number of packets, and once between two events")
    func wrapAround() async throws {
        let sample = SampleTrace(compact: true)
        let wrap: UInt64 = 1 << 27
        let first: [UInt64] = [wrap - 5, wrap - 1, wrap, wrap + 7, 2 * wrap + 6]
        let second: [UInt64] = [9 * wrap + 3, 10 * wrap + 2]
        try await withTemporaryDirectory { folder in
            let packets =
                sample.packet(sequence: 0, begin: wrap - 5, end: 2 * wrap + 6) { writer in
                    for time in first { sample.number(&writer, time: time, time) }
                }
                + sample.packet(sequence: 1, begin: 9 * wrap + 3, end: 20 * wrap) { writer in
                    for time in second { sample.number(&writer, time: time, time) }
                    // A gap too large for 27 bits takes the extended form.
                    sample.number(&writer, time: 15 * wrap + 1, 15 * wrap + 1, extended: true)
                }
            let set = try TraceSet(paths: [try sample.write(["stream": packets], to: folder)])
            var seen: [UInt64] = []
            set.forEach { event in
                #expect(event.ticks == event.unsigned(0))
                seen.append(event.ticks)
            }
            #expect(seen == first + second + [15 * wrap + 1])
        }
    }

    @Test("Sequences and variants of both event contexts are read, and referred to from later scopes")
    func contexts() async throws {
        let metadata = """
            typealias integer { size = 8; } := u8;
            typealias integer { size = 8; encoding = UTF8; } := character;
            trace { major = 1; minor = 8; byte_order = le; };
            stream {
                event.header := struct { u8 id; };
                event.context := struct {
                    u8 count; u8 list[count]; enum : u8 { A, B } tag; variant <tag> { u8 A; string B; } first;
                };
            };
            event {
                name = e; id = 1;
                context := struct {
                    u8 length; character text[length]; u8 more[count]; variant <tag> { string A; u8 B; } second;
                };
                fields := struct { u8 a[count]; character b[length]; variant <tag> { u8 A; u8 B; } third; };
            };
            event { name = bare; id = 2; };
            """
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            let text = { (text: String) in Array(text.utf8) }
            let events: [[UInt8]] = [
                [1, 2, 7, 8, 1] + text("one\0") + [3] + text("abc") + [5, 6, 4, 9, 10] + text("def") + [11],
                [2, 0, 0, 21],
                [1, 1, 7, 0, 20] + [0, 5] + text("A\0") + [9, 11],
            ]
            try folder.write(events.flatMap { $0 }, to: "trace/stream")
            var seen: [[Value]] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { event in
                seen.append(
                    [event.context, event.payload].flatMap { fields in (0..<fields.count).map { fields.value($0) } })
            }
            #expect(cursor.problems.isEmpty, "\(cursor.problems)")
            func number(_ value: UInt64) -> Value { .unsigned(value, .init(bits: 8)) }
            func list(_ values: UInt64...) -> Value { .array(values.map(number)) }
            func tag(_ value: UInt64) -> Value {
                .enumeration(value, isSigned: false, labels: [value == 0 ? "A" : "B"])
            }
            #expect(
                seen == [
                    [
                        number(2), list(7, 8), tag(1), .variant(option: "B", .string(text("one"))), number(3),
                        .string(text("abc")), list(5, 6), .variant(option: "B", number(4)), list(9, 10),
                        .string(text("def")), .variant(option: "B", number(11)),
                    ],
                    [number(0), list(), tag(0), .variant(option: "A", number(21))],
                    [
                        number(1), list(7), tag(0), .variant(option: "A", number(20)), number(0), .string([]), list(5),
                        .variant(option: "A", .string(text("A"))), list(9), .string([]),
                        .variant(option: "A", number(11)),
                    ],
                ])
        }
    }

    @Test(
        "Packets that give the lowest bits of their times go on from the one before, and are stepped over by range",
        arguments: [8, 12, 16])
    func shortPacketTimes(bits: UInt64) async throws {
        let metadata = """
            typealias integer { size = \(bits); align = 8; map = clock.c.value; } := stamp;
            typealias integer { size = 8; } := u8;
            trace { major = 1; minor = 8; byte_order = le; };
            clock { name = c; freq = 1000000000; };
            stream {
                packet.context := struct { stamp timestamp_begin; stamp timestamp_end; u8 packet_size; };
                event.header := struct { stamp timestamp; };
            };
            event { name = e; fields := struct { u8 x; }; };
            """
        let wrap: UInt64 = 1 << bits
        // The second wraps inside, the third before its first event; the fourth begins after a gap that its
        // predecessor's end tells of.
        let packets: [(begin: UInt64, times: [UInt64], end: UInt64)] = [
            (wrap - 9, [wrap - 9, wrap - 5], wrap - 4), (wrap - 4, [wrap - 1, wrap + 3], 2 * wrap - 6),
            (2 * wrap - 1, [2 * wrap + 5], 3 * wrap - 3), (3 * wrap + 20, [3 * wrap + 20, 4 * wrap - 1], 4 * wrap + 1),
        ]
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            var bytes: [UInt8] = []
            for packet in packets {
                var writer = BitWriter(.little)
                for time in [packet.begin, packet.end] { writer.append(time % wrap, bits: Int(bits), align: 8) }
                writer.append(0, bits: 8, align: 8)
                let place = writer.bytes.count - 1
                for time in packet.times {
                    writer.append(time % wrap, bits: Int(bits), align: 8)
                    writer.append(1, bits: 8, align: 8)
                }
                let count = UInt8(writer.bytes.count * 8)
                bytes += writer.bytes[..<place] + [count] + writer.bytes[(place + 1)...]
            }
            try folder.write(bytes, to: "trace/stream")
            let set = try TraceSet(paths: [folder.path("trace")])
            let all = packets.flatMap(\.times)
            for from in [0] + all {
                var seen: [UInt64] = []
                let cursor = set.forEach(from: Int64(from)) { seen.append($0.ticks) }
                #expect(seen == all.filter { $0 >= from }, "from \(from)")
                #expect(cursor.problems.isEmpty, "\(cursor.problems)")
            }
        }
    }

    @Test("Events without a time of their own have their packet's, by the clock that the packet's context names")
    func packetTimes() async throws {
        let metadata = """
            trace { major = 1; minor = 8; byte_order = le; };
            clock { name = first; freq = 1; offset_s = 1000; };
            clock { name = second; freq = 1000000000; offset = 7; };
            stream {
                packet.context := struct {
                    integer { size = 64; map = clock.second.value; } timestamp_begin;
                    integer { size = 64; map = clock.second.value; } timestamp_end;
                };
            };
            event { name = e; fields := struct { integer { size = 8; } x; }; };
            """
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            var writer = BitWriter(.little)
            for value in [100, 200] as [UInt64] { writer.append(value, bits: 64) }
            for value in [1, 2] as [UInt64] { writer.append(value, bits: 8) }
            try folder.write(writer.bytes, to: "trace/stream")
            var seen: [Int64] = []
            try TraceSet(paths: [folder.path("trace")]).forEach { seen.append($0.timestamp) }
            #expect(seen == [107, 107])
        }
    }

    @Test("The only event of the only stream needs no id in headers, whatever its own is")
    func onlyClass() async throws {
        let metadata = """
            trace { major = 1; minor = 8; byte_order = le; };
            stream { id = 3; };
            event { name = e; id = 5; fields := struct { integer { size = 8; } x; }; };
            """
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            try folder.write([1, 2] as [UInt8], to: "trace/stream")
            var seen: [UInt64] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { seen.append($0.unsigned(0)) }
            #expect(seen == [1, 2])
            #expect(cursor.problems.isEmpty, "\(cursor.problems)")
        }
    }

    @Test("A packet that says it is compressed or encrypted is damage", arguments: ["compression", "encryption"])
    func schemes(name: String) async throws {
        let metadata = """
            typealias integer { size = 8; } := u8;
            trace { major = 1; minor = 8; byte_order = le; };
            stream { packet.context := struct { u8 packet_size; u8 \(name)_scheme; }; };
            event { name = e; fields := struct { u8 x; }; };
            """
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            try folder.write([24, 0, 1, 24, 2, 99] as [UInt8], to: "trace/stream")
            var seen: [UInt64] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { seen.append($0.unsigned(0)) }
            #expect(seen == [1])
            #expect(cursor.problems.count == 1, "\(cursor.problems)")
            #expect(cursor.problems.first?.message.contains("found \(name)_scheme 2") == true, "\(cursor.problems)")
        }
    }

    @Test("Streams merge in order of time, and equal times in order of streams, without opening all files at once")
    func merge() async throws {
        let sample = SampleTrace()
        try await withTemporaryDirectory { folder in
            var files: [String: [UInt8]] = [:]
            var expected: [(time: UInt64, value: UInt64)] = []
            // One packet a file, as a ring writes them, in an order of names that is not that of time.
            for stream in 0..<7 as Range<UInt64> {
                for sequence in 0..<40 as Range<UInt64> {
                    let begin = sequence * 1000
                    files["\(stream)-\((sequence * 17) % 40)"] = sample.packet(
                        instance: stream, sequence: sequence, begin: begin, end: begin + 999, before: sequence * 3,
                        size: 512
                    ) { writer in
                        for step in 0..<3 as Range<UInt64> {
                            let time = begin + step * (stream % 3 + 1) * 100
                            expected.append((time, stream))
                            sample.number(&writer, time: time, stream)
                        }
                    }
                }
            }
            files[".tmp-0"] = [1, 2, 3]
            let set = try TraceSet(paths: [try sample.write(files, to: folder)])
            #expect(set.streams.count == 7 && set.streams[0].files.count == 40)
            var seen: [(time: UInt64, value: UInt64)] = []
            let cursor = set.forEach { event in seen.append((event.ticks, event.unsigned(0))) }
            expected.sort { ($0.time, $0.value) < ($1.time, $1.value) }
            #expect(seen.map { [$0.time, $0.value] } == expected.map { [$0.time, $0.value] })
            #expect(cursor.problems.isEmpty, "\(cursor.problems)")
            let account = cursor.accounts[3]
            #expect(account.eventsRead == 120 && account.packetsRead == 40 && account.packetsLost == 0)
            #expect(account.firstPacket["events_before"] == 0 && account.lastPacket["events_before"] == 117)
        }
    }

    @Test("Lost packets and discarded events are counted from the packets' own numbers")
    func losses() async throws {
        let sample = SampleTrace()
        try await withTemporaryDirectory { folder in
            var packets: [UInt8] = []
            for (sequence, discarded) in [(3, 10), (4, 10), (7, 25)] as [(UInt64, UInt64)] {
                packets += sample.packet(
                    sequence: sequence, begin: sequence * 10, end: sequence * 10, discarded: discarded, before: sequence
                ) { sample.number(&$0, time: sequence * 10, 1) }
            }
            let set = try TraceSet(paths: [try sample.write(["stream": packets], to: folder)])
            let account = set.forEach { _ in }.accounts[0]
            #expect(account.packetsLost == 2 && account.eventsDiscarded == 25 && account.eventsRead == 3)
            #expect(account.firstPacket["packet_seq_num"] == 3 && account.lastPacket["packet_seq_num"] == 7)
            #expect(account.firstPacket["events_before"] == 3)
        }
    }

    @Test("A range of time keeps the events at its ends and steps over packets outside it")
    func range() async throws {
        let sample = SampleTrace()
        try await withTemporaryDirectory { folder in
            var packets: [UInt8] = []
            for sequence in 0..<10 as Range<UInt64> {
                let begin = sequence * 1_000_000
                packets += sample.packet(sequence: sequence, begin: begin, end: begin + 900_000) { writer in
                    for step in 0..<10 as Range<UInt64> {
                        sample.number(&writer, time: begin + step * 100_000, sequence)
                    }
                }
            }
            let set = try TraceSet(paths: [try sample.write(["stream": packets], to: folder)])
            var ticks: [UInt64] = []
            set.forEach(from: SampleTrace.nanoseconds(2_500_000), to: SampleTrace.nanoseconds(4_100_000)) {
                ticks.append($0.ticks)
            }
            #expect(ticks == (25...41).map { UInt64($0) * 100_000 })
            var none = 0
            set.forEach(from: SampleTrace.nanoseconds(20_000_000)) { _ in none += 1 }
            #expect(none == 0)
        }
    }

    @Test("A ring's packet that was re-used after the trace was opened is left out, the others are read")
    func liveRing() async throws {
        let sample = SampleTrace()
        try await withTemporaryDirectory { folder in
            func packet(_ sequence: UInt64) -> [UInt8] {
                sample.packet(sequence: sequence, begin: sequence * 100, end: sequence * 100 + 50) {
                    sample.number(&$0, time: sequence * 100, sequence)
                }
            }
            let path = try sample.write(["0": packet(0), "1": packet(1), "2": packet(2)], to: folder)
            let set = try TraceSet(paths: [path], live: true)
            try folder.write(packet(3), to: "trace/0")
            var seen: [UInt64] = []
            let cursor = set.forEach { seen.append($0.unsigned(0)) }
            #expect(seen == [1, 2])
            #expect(cursor.problems.isEmpty, "\(cursor.problems)")
            #expect(cursor.accounts[0].packetsOverwritten == 1 && cursor.accounts[0].packetsLost == 0)
        }
    }

    @Test("Classes, environment and clock are as the metadata has them")
    func description() async throws {
        let sample = SampleTrace()
        try await withTemporaryDirectory { folder in
            let set = try TraceSet(paths: [try sample.write([:], to: folder)])
            let words = set.eventClasses[1]
            #expect(set.eventClasses.map(\.index) == [0, 1, 2] && words.name == "words")
            #expect(words.fields.map(\.name) == ["text", "_list_length", "list", "last"])
            #expect(words.fields.map(\.kind) == [.string, .integer, .sequence, .string])
            #expect(words.fields[1].lengthOf == 2 && words.fields[2].bits == 64 && words.fieldIndex(named: "last") == 3)
            let odd = set.eventClasses[2].fields
            #expect(
                odd[1].bits == 13 && odd[1].isSigned && odd[3].kind == .floatingPoint && odd[4].kind == .enumeration)
            #expect(set.traces[0].text("hostname") == "box" && set.traces[0].number("vpid") == 42)
            #expect(set.traces[0].clocks[0].frequency == 2_445_000_000)
            #expect(!set.makeCursor().next())
        }
    }
}
