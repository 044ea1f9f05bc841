import Foundation
import TestSupport
import Testing

@testable import CTF

@Suite("Packets found again")
struct ResyncTests {
    private static let sample = SampleTrace()
    private static let size = 2048

    /// Packets of ten events each, whose values count on.
    private static func packets(_ count: UInt64, size: Int = size) -> [[UInt8]] {
        (0..<count).map { sequence in
            let begin = sequence * 1_000_000
            return sample.packet(sequence: sequence, begin: begin, end: begin + 900_000, size: size) { writer in
                for index in 0..<10 as Range<UInt64> {
                    sample.number(&writer, time: begin + index * 1000, sequence * 10 + index)
                }
            }
        }
    }

    private static func read(_ folder: TemporaryDirectory, _ bytes: [UInt8]) throws -> ([UInt64], [String]) {
        let set = try TraceSet(paths: [try sample.write(["stream": bytes], to: folder)])
        var values: [UInt64] = []
        let cursor = set.forEach { values.append($0.unsigned(0)) }
        return (values, cursor.problems.map(\.description))
    }

    @Test(
        "One damage costs one packet at most, and is one line",
        arguments: [
            // Byte of the second packet, its new value, whether the packet is lost, what is told.
            (
                0, 0, true,
                "packet 1 at byte 2048: expected the magic number 0xc1fc1fc1, found 0xc1fc1f00; 2048 bytes skipped"
            ),
            (
                4, 7, true,
                "packet 1 at byte 2048: expected a packet of stream class 0, found one of class 7; 2048 bytes skipped"
            ),
            (SampleTrace.packetSizeAt + 7, 0x7F, false, "packet 1 at byte 2048: expected a packet of"),
            // Twice the size: the third packet begins inside.
            (SampleTrace.packetSizeAt + 1, 0x80, false, "packet 1 at byte 2048: expected a packet of 2048 bytes"),
            (SampleTrace.packetSizeAt + 1, 0x00, false, "packet 1 at byte 2048: expected a packet size of whole bytes"),
            (
                SampleTrace.contentSizeAt + 4, 0x01, false,
                "packet 1 at byte 2048: expected a content of at most 16384 bits"
            ),
            (
                SampleTrace.contentSizeAt + 1, 0x00, false,
                "packet 1 at byte 2048: expected a content of at least 576 bits"
            ),
        ])
    func resync(byte: Int, value: UInt8, isLost: Bool, told: String) async throws {
        try await withTemporaryDirectory { folder in
            var bytes = Self.packets(5).flatMap { $0 }
            bytes[Self.size + byte] = value
            let (values, problems) = try Self.read(folder, bytes)
            #expect(values == (0..<50).filter { !isLost || !(10..<20).contains($0) }, "\(problems)")
            #expect(problems.count == 1 && problems[0].contains(told), "\(problems)")
        }
    }

    @Test("Packets that come again are left out, and packets out of order are read where they are")
    func order() async throws {
        try await withTemporaryDirectory { folder in
            let packets = Self.packets(5)
            let (again, told) = try Self.read(folder, (packets + [packets[1]]).flatMap { $0 })
            #expect(again == Array(0..<50))
            let line =
                "packet 5 at byte 10240: expected a packet that was not read before, found sequence number 1 again"
            #expect(told.count == 1 && told[0].contains("\(line); 2048 bytes skipped"), "\(told)")
            let (swapped, problems) = try Self.read(folder, [0, 2, 1, 3].flatMap { packets[$0] })
            #expect(swapped.sorted() == Array(0..<40))
            let late =
                "packet 2 at byte 4096: expected a packet that begins at 2000000 or later, found one that begins at"
            #expect(problems.count == 1 && problems[0].contains(late), "\(problems)")
        }
    }

    @Test(
        "A packet of a known number that begins at another time is another packet; an earlier time is told",
        arguments: [
            (6_000_000, []),
            (1_500_000, ["expected a packet that begins at 4000000 or later, found one that begins at 1500000"]),
        ] as [(UInt64, [String])])
    func sameNumber(begin: UInt64, told: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let other = Self.sample.packet(sequence: 1, begin: begin, end: begin + 9000, size: Self.size) { writer in
                for index in 0..<10 as Range<UInt64> {
                    Self.sample.number(&writer, time: begin + index * 100, 50 + index)
                }
            }
            let (values, problems) = try Self.read(folder, Self.packets(5).flatMap { $0 } + other)
            #expect(values == Array(0..<60))
            #expect(
                problems.count == told.count
                    && zip(problems, told).allSatisfy { $0.contains("packet 5 at byte 10240: \($1)") }, "\(problems)")
        }
    }

    @Test("A file that becomes shorter while it is read ends nothing but its own stream")
    func shrinking() async throws {
        try await withTemporaryDirectory { folder in
            let path = try Self.sample.write(["stream": Self.packets(200).flatMap { $0 }], to: folder)
            let cursor = try TraceSet(paths: [path]).makeCursor()
            #expect(cursor.next())
            #expect(truncate("\(path)/stream", 8192) == 0)
            var values = [cursor.event.unsigned(0)]
            while cursor.next() { values.append(cursor.event.unsigned(0)) }
            #expect(values == Array(0..<40), "\(cursor.problems)")
            #expect(cursor.problems.count == 1 && "\(cursor.problems)".contains("became shorter"), "\(cursor.problems)")
        }
    }

    @Test(
        "Packet headers and contexts of any size are read, and packets found again", arguments: [4000, 70_000, 900_000])
    func largeContext(size: Int) async throws {
        let note = String(repeating: "n", count: size)
        var bytes: [UInt8] = []
        for sequence in 0..<4 as Range<UInt64> {
            let time = sequence * 1000
            bytes += Self.sample.packet(sequence: sequence, begin: time, end: time + 9, size: size + 1000) { writer in
                writer.append(note)
                for index in 0..<5 as Range<UInt64> {
                    Self.sample.number(&writer, time: time + index, sequence * 5 + index)
                }
            }
        }
        let metadata = Self.sample.metadata.replacing(
            "uint64_t events_before;", with: "uint64_t events_before; string s;")
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            func check(_ bytes: [UInt8], _ expected: [UInt64], _ told: String?) throws {
                try folder.write(bytes, to: "trace/stream")
                var values: [UInt64] = []
                let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { values.append($0.unsigned(0)) }
                #expect(values == expected, "\(cursor.problems)")
                #expect(cursor.problems.count == (told == nil ? 0 : 1), "\(cursor.problems)")
                if let told { #expect("\(cursor.problems)".contains(told), "\(cursor.problems)") }
            }
            try check(bytes, Array(0..<20), nil)
            var damaged = bytes
            damaged[size + 1000] = 0
            try check(damaged, [0..<5, 10..<20].flatMap { $0 }, "expected the magic number")
            let left = size - 100
            try check(
                Array(bytes.prefix(3 * (size + 1000) + left)), Array(0..<15),
                "packet 3 at byte \(3 * (size + 1000)): expected a packet header and context, found \(left) bytes")
        }
    }

    @Test(
        "Index files change nothing, right, wrong or missing",
        arguments: [
            nil, [UInt8](repeating: 0xFF, count: 100), [],
            // The magic number of an index, and then offsets far outside.
            [0xC1, 0xF1, 0xDC, 0xC1] + [UInt8](repeating: 0x7F, count: 1000),
        ] as [[UInt8]?])
    func indexFiles(index: [UInt8]?) async throws {
        try await withTemporaryDirectory { folder in
            if let index { try folder.write(index, to: "trace/index/stream.idx") }
            let (values, problems) = try Self.read(folder, Self.packets(5).flatMap { $0 })
            #expect(values == Array(0..<50))
            #expect(problems.isEmpty, "\(problems)")
        }
    }

    @Test(
        "What only looks like a packet, in the padding of one, changes no packet that was found",
        arguments: [
            // The second packet's number: where it leaves a gap, the first one's padding is searched.
            (2, nil, nil),
            // A byte of it that is changed, and what is told: with sizes that cannot be, its own padding is.
            (1, SampleTrace.packetSizeAt + 7, "packet 1 at byte 2048: expected a packet of"),
        ] as [(UInt64, Int?, String?)])
    func resemblance(number: UInt64, byte: Int?, told: String?) async throws {
        // The magic number and a class that no stream has, then what no packet says of itself.
        let bait: [UInt8] = [0xC1, 0x1F, 0xFC, 0xC1, 7, 0, 0, 0]
        var bytes: [UInt8] = []
        for sequence in [0, number] {
            let time = sequence * 1_000_000
            var packet = Self.sample.packet(
                sequence: sequence, begin: time, end: time + 900_000, before: 3, size: Self.size
            ) { writer in
                for index in 0..<10 as Range<UInt64> {
                    Self.sample.header(&writer, id: 0, time: time + index * 1000)
                    for value in 0..<3 as Range<UInt64> { writer.append(index * 3 + value, bits: 64, align: 8) }
                }
            }
            packet.replaceSubrange(1500..<1508, with: bait)
            for place in 1508..<1700 { packet[place] = 0x55 }
            bytes += packet
        }
        if let byte { bytes[Self.size + byte] = 0x7F }
        // How many values an event has, its packet says.
        let metadata = Self.sample.metadata.replacing(
            "uint64_t _value; uint8_t small;", with: "uint64_t values[stream.packet.context.events_before];")
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            try folder.write(bytes, to: "trace/stream")
            var values: [UInt64] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { event in
                values += Array(event.sequence(0))
            }
            #expect(values == Array(0..<30) + Array(0..<30), "\(cursor.problems)")
            #expect(cursor.problems.count == (told == nil ? 0 : 1), "\(cursor.problems)")
            if let told { #expect("\(cursor.problems)".contains(told), "\(cursor.problems)") }
        }
    }

    @Test("A packet is found whose beginning reads as an event of the packet before, which lost its last bytes")
    func bytesMissingInAnEvent() async throws {
        try await withTemporaryDirectory { folder in
            var first = Self.sample.packet(sequence: 0, begin: 0, end: 900_000, size: Self.size) { writer in
                Self.sample.number(&writer, time: 1000, 9)
                Self.sample.words(&writer, time: 2000, "a text", [])
            }
            // Within the text: the magic number goes on with it.
            first.removeLast(Self.size - SampleTrace.headerSize - 19 - 13)
            // Of all that the first one's size covers the next one counts, not that after it.
            let bytes = first + Self.packets(10, size: 300).dropFirst().flatMap { $0 }
            let set = try TraceSet(paths: [try Self.sample.write(["stream": bytes], to: folder)])
            var values: [UInt64] = []
            let cursor = set.forEach { if $0.name == "number" { values.append($0.unsigned(0)) } }
            #expect(values == [9] + Array(10..<100), "\(cursor.problems)")
            #expect(
                cursor.problems.count == 1 && "\(cursor.problems)".contains("; the next packet begins 10 bytes before"),
                "\(cursor.problems)")
        }
    }

    @Test("A file is of its other packets' class where the first says another, and with it a size beyond the file")
    func firstOfAnotherClass() async throws {
        try await withTemporaryDirectory { folder in
            var bytes = Self.packets(4).dropFirst().flatMap { $0 }
            bytes[4] = 1
            // The time at which the packet begins is its size then.
            let other = "stream { id = 1; packet.context := struct { uint64_t packet_size; }; };"
            try folder.write(Self.sample.metadata + other, to: "trace/metadata")
            try folder.write(bytes, to: "trace/stream")
            var values: [UInt64] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { values.append($0.unsigned(0)) }
            #expect(values == Array(20..<40), "\(cursor.problems)")
            #expect(
                cursor.problems.count == 1
                    && "\(cursor.problems)".contains("expected a packet of stream class 0, found one of class 1"),
                "\(cursor.problems)")
        }
    }

    @Test("A file is of its other packets' class where its first lost the magic number and the next says another")
    func firstFoundOfAnotherClass() async throws {
        try await withTemporaryDirectory { folder in
            var bytes = Self.packets(4).flatMap { $0 }
            bytes[0] = 0
            bytes[Self.size + 4] = 1
            // The time at which the packet begins is its size then, which is beyond the file.
            let other = "stream { id = 1; packet.context := struct { uint64_t packet_size; }; };"
            try folder.write(Self.sample.metadata + other, to: "trace/metadata")
            try folder.write(bytes, to: "trace/stream")
            var values: [UInt64] = []
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { values.append($0.unsigned(0)) }
            #expect(values == Array(20..<40), "\(cursor.problems)")
            #expect(
                "\(cursor.problems)".contains("packet 0 at byte 0: expected the magic number 0xc1fc1fc1"),
                "\(cursor.problems)")
        }
    }

    @Test("A packet is found whose neighbour lost bytes of its header, wherever they were", arguments: 4..<69)
    func bytesMissingInAHeader(at place: Int) async throws {
        try await withTemporaryDirectory { folder in
            var packets = Self.packets(3)
            // Nothing but a header.
            packets[1] = Self.sample.packet(sequence: 1, begin: 1_000_000, end: 1_900_000, size: 72) { _ in }
            packets[1].removeSubrange(place..<place + 3)
            let (values, problems) = try Self.read(folder, packets.flatMap { $0 })
            #expect(values == Array(0..<10) + Array(20..<30), "\(problems)")
            #expect(!problems.isEmpty)
        }
    }
}
