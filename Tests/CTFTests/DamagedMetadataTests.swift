import TestSupport
import Testing

@testable import CTF

@Suite("Damaged metadata")
struct DamagedMetadataTests {
    private static let sample = SampleTrace()

    /// Two events of each of two classes: `number`, which comes first in the metadata, and `words`.
    private static func trace(_ folder: TemporaryDirectory, _ metadata: [UInt8]) throws -> String {
        let packet = sample.packet(sequence: 0, begin: 0, end: 100) { writer in
            for time in 0..<2 as Range<UInt64> { sample.number(&writer, time: time, time) }
            for time in 2..<4 as Range<UInt64> { sample.words(&writer, time: time, "text", [time]) }
        }
        try folder.write(metadata, to: "trace/metadata")
        try folder.write(packet, to: "trace/stream")
        return folder.path("trace")
    }

    private static func read(_ path: String) throws -> (names: [String], problems: [String]) {
        var names: [String] = []
        let cursor = try TraceSet(paths: [path]).forEach { names.append($0.name) }
        return (names, cursor.problems.map(\.description))
    }

    @Test("Text that is cut keeps its whole declarations, and the place where it stops is told")
    func cutText() async throws {
        try await withTemporaryDirectory { folder in
            let text = Array(Self.sample.metadata.utf8)
            // In the middle of the class of `words`.
            let cut = try #require(text.firstRange(of: Array("__list_length;".utf8))).lowerBound
            let path = try Self.trace(folder, Array(text[..<cut]))
            let (names, problems) = try Self.read(path)
            #expect(names == ["number", "number"])
            let line = text[..<cut].count { $0 == UInt8(ascii: "\n") } + 1
            let column = cut - (text[..<cut].lastIndex(of: UInt8(ascii: "\n")) ?? 0)
            #expect(
                problems.first?.hasPrefix("\(path)/metadata:\(line):\(column): byte \(cut): expected ") == true,
                "\(problems)")
            #expect(problems.count == 2 && problems[1].contains("found id 1"), "\(problems)")
        }
    }

    @Test("A declaration that is damaged is left out alone")
    func damagedDeclaration() async throws {
        try await withTemporaryDirectory { folder in
            for damage in ["name = \"number\"": "name $ \"number\"", "uint8_t small;": "uint9_t small;"] {
                let text = Self.sample.metadata.replacing(damage.key, with: damage.value)
                let (names, problems) = try Self.read(try Self.trace(folder, Array(text.utf8)))
                // The first event of the packet is of the class that is gone.
                #expect(names.isEmpty)
                #expect(problems.count == 2 && problems[0].contains("/metadata:"), "\(problems)")
                let classes = try TraceSet(paths: [folder.path("trace")]).eventClasses
                #expect(classes.map(\.name) == ["words", "odd"] && classes.map(\.index) == [0, 1])
            }
        }
    }

    @Test("Packets of metadata that are cut, damaged or lost leave the declarations of the others")
    func packets() async throws {
        let text = Array(Self.sample.metadata.utf8)
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let packets = stride(from: 0, to: text.count, by: 500).map { start in
            let part = text[start..<min(start + 500, text.count)]
            return word(0x75D1_1D57) + [UInt8](repeating: 9, count: 16) + word(0) + word((37 + part.count) * 8)
                + word(1024 * 8) + [0, 0, 0, 1, 8] + part + [UInt8](repeating: 0, count: 1024 - 37 - part.count)
        }
        try await withTemporaryDirectory { folder in
            #expect(try Self.read(Self.trace(folder, packets.flatMap { $0 })).names.count == 4)
            // The declarations of events are in the last packets.
            for end in (packets.count - 1) * 1024 + 38..<packets.count * 1024 where end % 97 == 0 {
                let (names, problems) = try Self.read(Self.trace(folder, Array(packets.flatMap { $0 }[..<end])))
                #expect(names.count >= 2 || !problems.isEmpty, "cut at \(end)")
                #expect(
                    problems.allSatisfy { $0.contains("/metadata: packet") || $0.contains("/stream: ") }, "\(problems)")
            }
            var first = packets
            first[packets.count - 1][0] = 0
            let (_, problems) = try Self.read(Self.trace(folder, first.flatMap { $0 }))
            #expect(problems[0].contains("expected the magic number 0x75d11d57, found 0x75d11d00; 1024 bytes skipped"))
        }
    }

    @Test("A trace whose metadata is noise or missing is told, and those beside it are read")
    func otherTraces() async throws {
        try await withTemporaryDirectory { folder in
            _ = try Self.trace(folder, Array(Self.sample.metadata.utf8))
            let noise = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
            try folder.write(noise, to: "noise/metadata")
            try folder.write(Self.sample.packet(sequence: 0, begin: 0, end: 1) { _ in }, to: "missing/stream")
            let (names, problems) = try Self.read(folder.path(""))
            #expect(names.count == 4 && problems.count == 2, "\(problems)")
            #expect(problems.contains { $0.contains("noise/metadata:1:") }, "\(problems)")
            #expect(
                problems.contains {
                    $0.hasSuffix("missing/metadata: expected the metadata of stream files, found none")
                })
            let error = #expect(throws: TraceError.self) { try TraceSet(paths: [folder.path("noise")]) }
            #expect(error?.line == 1)
        }
    }
}
