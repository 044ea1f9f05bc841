import CTF
import TestSupport
import Testing

@Suite("Bytes in memory")
struct ByteSourceTests {
    private let sample = SampleTrace()

    private func packet(_ sequence: UInt64, instance: UInt64 = 0) -> [UInt8] {
        sample.packet(instance: instance, sequence: sequence, begin: sequence * 100, end: sequence * 100 + 50) {
            sample.number(&$0, time: sequence * 100, sequence)
            sample.words(&$0, time: sequence * 100 + 1, "x\(sequence)", [sequence])
        }
    }

    private func metadata() throws -> TraceMetadata {
        try TraceMetadata(ByteSource(name: "metadata", bytes: Array(sample.metadata.utf8)))
    }

    private func read(_ set: TraceSet) -> (events: [String], problems: [String]) {
        var events: [String] = []
        let cursor = set.forEach { event in
            events.append("\(event.timestamp) \(event.name) \((0..<event.payload.count).map { event.value($0) })")
        }
        return (events, cursor.problems.map(\.description))
    }

    @Test("are read as those in files are")
    func likeFiles() async throws {
        let pieces = ["b": packet(2), "a": packet(1) + packet(0), "c": [], "d": packet(0, instance: 1)]
        try await withTemporaryDirectory { folder in
            let files = read(try TraceSet(paths: [try sample.write(pieces, to: folder)]))
            let streams = pieces.map { ByteSource(name: folder.path("trace/\($0.key)"), bytes: $0.value) }
            let source = TraceSource(path: folder.path("trace"), metadata: try metadata(), streams: streams)
            let memory = read(TraceSet([source]))
            #expect(memory.events.count == 8)
            #expect(memory == files)
        }
    }

    @Test("are called by their name where they are damaged")
    func damage() throws {
        var damaged = packet(0) + packet(1)
        damaged[4096] = 0
        let streams = [
            ByteSource(name: "process 7/packet-0001", bytes: damaged), ByteSource(name: "noise", bytes: [1, 2, 3]),
        ]
        let (events, problems) = read(
            TraceSet([TraceSource(path: "process 7", metadata: try metadata(), streams: streams)]))
        #expect(events.count == 2)
        #expect(
            problems == [
                "noise: packet 0 at byte 0: expected a packet header and context, found 3 bytes; 3 bytes skipped",
                "process 7/packet-0001: packet 1 at byte 4096: expected the magic number 0xc1fc1fc1, found 0xc1fc1f00; "
                    + "4096 bytes skipped",
            ])
        let error = #expect(throws: TraceError.self) {
            try TraceMetadata(ByteSource(name: "process 7/metadata", bytes: Array("event {".utf8)))
        }
        #expect(error?.description.hasPrefix("process 7/metadata:1:") == true, "\(error?.description ?? "")")
    }

    @Test("of several traces may have the same metadata, made once")
    func sameMetadata() throws {
        let metadata = try metadata()
        let traces = (0..<3 as Range<UInt64>).map { index in
            TraceSource(
                path: "trace-\(index)", metadata: metadata,
                streams: [ByteSource(name: "stream", bytes: packet(index))])
        }
        let set = TraceSet(traces)
        #expect(set.eventClasses.map(\.index) == Array(0..<9))
        #expect(set.eventClasses.map(\.traceIndex) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
        var classes: [Int] = []
        set.forEach { event in
            classes.append(event.classIndex)
            #expect(event.eventClass.index == event.classIndex)
            #expect(event.eventClass.traceIndex == set.streams[event.streamIndex].traceIndex)
            #expect(set.eventClasses[event.classIndex].name == event.name)
        }
        #expect(classes == [0, 1, 3, 4, 6, 7])
    }
}
