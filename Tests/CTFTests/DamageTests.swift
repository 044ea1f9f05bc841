import Foundation
import PoolSchedule
import TestSupport
import Testing

@testable import CTF

@Suite("Damaged traces")
struct DamageTests {
    /// A stream of several packets with events of every shape, and where each packet and each event ends.
    private static func stream(_ sample: SampleTrace) -> (bytes: [UInt8], ends: [Int]) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for sequence in 0..<5 as Range<UInt64> {
            let begin = sequence * 1_000_000
            bytes += sample.packet(sequence: sequence, begin: begin, end: begin + 900_000, size: 2048) { writer in
                for index in 0..<15 as Range<UInt64> {
                    let time = begin + index * 1000
                    switch index % 3 {
                    case 0: sample.number(&writer, time: time, sequence << 32 | index)
                    case 1: sample.words(&writer, time: time, "event \(index)", Array(0..<index))
                    default: sample.odd(&writer, time: time, choice: [0, 7, 10][Int(index / 3) % 3])
                    }
                    ends.append(bytes.count + writer.bytes.count)
                }
            }
        }
        return (bytes, ends)
    }

    /// Reads everything that a trace offers; an event is what it prints as.
    private static func read(_ folder: String) throws -> (events: [String], problems: [Problem]) {
        let set = try TraceSet(paths: [folder])
        var events: [String] = []
        let cursor = set.forEach { event in
            let values = (0..<event.payload.count).map { "\(event.value($0))" }
            for field in -1...event.payload.count {
                _ = (
                    event.unsigned(field), event.string(field), event.float(field), event.sequence(field).reduce(0, &+)
                )
            }
            events.append("\(event.ticks) \(event.name) \(values)")
        }
        for account in cursor.accounts { #expect(account.eventsRead <= events.count) }
        return (events, cursor.problems)
    }

    @Test(
        "A stream cut at any byte keeps every whole event before the cut, and says where it was cut", arguments: [0, 1])
    func truncations(shape: Int) async throws {
        let sample = SampleTrace(order: shape == 0 ? .little : .big, compact: shape == 0)
        let (bytes, ends) = Self.stream(sample)
        let seed: UInt64 = 20_240_601
        var random = SplitMix64(seed: seed)
        try await withTemporaryDirectory { folder in
            let path = try sample.write(["stream": bytes], to: folder)
            let whole = try Self.read(path).events
            #expect(whole.count == ends.count)
            for round in 0..<100 {
                let cut = Int.random(in: 1..<bytes.count, using: &random)
                try folder.write(bytes[..<cut], to: "trace/stream")
                let (events, problems) = try Self.read(path)
                let message = Comment("seed \(seed), round \(round), cut at \(cut): \(problems)")
                let kept = ends.prefix { $0 <= cut }.count
                #expect(events == Array(whole.prefix(kept)), message)
                // A cut between packets is not visible.
                #expect(problems.isEmpty == (cut % 2048 == 0), message)
                #expect(problems.allSatisfy { $0.file.hasSuffix("/stream") && $0.offset <= cut }, message)
            }
        }
    }

    @Test("A changed byte spoils no packet but its own, and nothing hangs or traps", arguments: [0, 1])
    func changedBytes(shape: Int) async throws {
        let sample = SampleTrace(order: shape == 0 ? .little : .big, compact: shape == 0)
        let (bytes, ends) = Self.stream(sample)
        let seed: UInt64 = 20_240_602
        var random = SplitMix64(seed: seed)
        try await withTemporaryDirectory { folder in
            let path = try sample.write(["stream": bytes], to: folder)
            let whole = try Self.read(path).events
            for round in 0..<100 {
                var changed = bytes
                let place = Int.random(in: 0..<bytes.count, using: &random)
                changed[place] ^= UInt8.random(in: 1...255, using: &random)
                try folder.write(changed, to: "trace/stream")
                let (events, problems) = try Self.read(path)
                let message = Comment("seed \(seed), round \(round), byte \(place): \(problems)")
                // Whatever was whole in the packets before the changed one is there, in its order.
                let before = ends.prefix { $0 <= place / 2048 * 2048 }.count
                #expect(Set(events).isSuperset(of: whole.prefix(before)), message)
                // In the changed packet, whole events before the change, unless its header is what changed.
                if place % 2048 >= SampleTrace.headerSize {
                    let kept = ends.prefix { $0 <= place }.count
                    #expect(Set(events).isSuperset(of: whole.prefix(kept)), message)
                }
                #expect(events.count <= 4 * whole.count, message)
            }
        }
    }

    @Test("Metadata cut or changed anywhere is read, or refused with a place, and never brings the reader down")
    func metadata() async throws {
        let sample = SampleTrace(compact: true)
        let (bytes, _) = Self.stream(sample)
        let text = Array(sample.metadata.utf8)
        let seed: UInt64 = 20_240_603
        var random = SplitMix64(seed: seed)
        var refused = 0
        try await withTemporaryDirectory { folder in
            let path = try sample.write(["stream": bytes], to: folder)
            for round in 0..<200 {
                var damaged = text
                if round % 2 == 0 {
                    damaged.removeLast(Int.random(in: 1..<text.count, using: &random))
                } else {
                    damaged[Int.random(in: 0..<text.count, using: &random)] ^= UInt8.random(in: 1...127, using: &random)
                }
                try folder.write(damaged, to: "trace/metadata")
                do {
                    _ = try Self.read(path)
                } catch let error as TraceError {
                    refused += 1
                    #expect(
                        error.path.hasSuffix("/metadata") && error.line != nil, "seed \(seed), round \(round): \(error)"
                    )
                }
            }
        }
        #expect(refused > 10, "seed \(seed)")
    }

    @Test("Each damage is told by file, packet, byte, what was expected and what was found")
    func messages() async throws {
        let sample = SampleTrace()
        let (bytes, _) = Self.stream(sample)
        try await withTemporaryDirectory { folder in
            let path = try sample.write(["stream": bytes], to: folder)
            func problem(_ change: (inout [UInt8]) -> Void) throws -> String {
                var changed = bytes
                change(&changed)
                try folder.write(changed, to: "trace/stream")
                return try Self.read(path).problems.map(\.description).joined(separator: "\n")
            }
            let file = "\(path)/stream"
            #expect(
                try problem { $0[2048] = 0 }.hasPrefix(
                    "\(file): packet 1 at byte 2048: expected the magic number 0xc1fc1fc1, found 0x"))
            #expect(
                try problem { $0[2048 + SampleTrace.contentSizeAt + 3] = 1 }.contains(
                    "packet 1 at byte 2048: expected a content of at most 16384 bits, found"))
            #expect(
                try problem { $0[2048 + SampleTrace.packetSizeAt + 7] = 0x7F }.contains(
                    "packet 1 at byte 2048: expected a packet of"))
            #expect(
                try problem { $0[SampleTrace.headerSize + 8] = 9 }.contains(
                    "packet 0 at byte \(SampleTrace.headerSize): expected an event class of stream class 0, found id 9")
            )
            #expect(try problem { $0.removeLast(2000) }.contains("packet 4 at byte 8192: expected a packet"))
        }
    }

    @Test("What is no plain file is no stream, and never blocks; metadata that is none is told")
    func noPlainFiles() async throws {
        let sample = SampleTrace()
        let packet = sample.packet(sequence: 0, begin: 0, end: 100) { sample.number(&$0, time: 1, 5) }
        try await withTemporaryDirectory { folder in
            let path = try sample.write(["stream": packet], to: folder)
            try FileManager.default.createDirectory(atPath: "\(path)/directory", withIntermediateDirectories: true)
            #expect(symlink("\(path)/nowhere", "\(path)/dangling") == 0)
            #expect(symlink("\(path)/circle", "\(path)/circle") == 0)
            #expect(mkfifo("\(path)/pipe", 0o600) == 0)
            let (events, problems) = try Self.read(path)
            #expect(events.count == 1 && problems.isEmpty, "\(events) \(problems)")

            // One that stood where a file was when the trace was opened.
            let set = try TraceSet(paths: [path])
            #expect(unlink("\(path)/stream") == 0)
            for make in [
                { mkfifo("\(path)/stream", 0o600) }, { mkdir("\(path)/stream", 0o700) },
                { symlink("\(path)/nowhere", "\(path)/stream") },
            ] {
                #expect(make() == 0)
                let cursor = set.forEach { _ in Issue.record("an event of no file") }
                #expect(
                    cursor.problems.count == 1 && cursor.problems[0].file == "\(path)/stream"
                        && cursor.problems[0].message.hasPrefix("expected a readable file, found "),
                    "\(cursor.problems)")
                #expect(remove("\(path)/stream") == 0)
            }

            for make in [
                { mkfifo("\(path)/metadata", 0o600) }, { mkdir("\(path)/metadata", 0o700) },
                { symlink("\(path)/nowhere", "\(path)/metadata") },
            ] {
                remove("\(path)/metadata")
                #expect(make() == 0)
                let error = #expect(throws: TraceError.self) { try TraceSet(paths: [path]) }
                #expect(error?.path.hasPrefix(path) == true, "\(String(describing: error))")
            }
        }
    }

    @Test("Other streams go on when one is damaged, and empty, foreign and unreadable files do not matter")
    func otherStreams() async throws {
        let sample = SampleTrace()
        func stream(_ instance: UInt64) -> [UInt8] {
            sample.packet(instance: instance, sequence: 0, begin: 0, end: 100) { writer in
                for time in 0..<10 as Range<UInt64> { sample.number(&writer, time: time, instance) }
            }
        }
        try await withTemporaryDirectory { folder in
            var broken = stream(1)
            // The fourth event's id.
            broken[SampleTrace.headerSize + 3 * 19 + 8] = 77
            let files = [
                "a": stream(0), "b": broken, "c": stream(2), "empty": [], "zeroes": [UInt8](repeating: 0, count: 4096),
                "noise": (0..<999).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) },
            ]
            let set = try TraceSet(paths: [try sample.write(files, to: folder)])
            var counts = [0, 0, 0]
            let cursor = set.forEach { counts[Int($0.unsigned(0))] += 1 }
            #expect(counts == [10, 3, 10])
            let told = cursor.problems.map { ($0.file as NSString).lastPathComponent }.sorted()
            #expect(told == ["b", "noise", "zeroes"], "\(cursor.problems)")
        }
    }
}
