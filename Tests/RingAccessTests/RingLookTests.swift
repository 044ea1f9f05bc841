import CEventTable
import CTF
import RingAccess
import TestSupport
import Testing

@Suite("A look at a ring")
struct RingLookTests {
    private func events(_ set: TraceSet) -> (values: [String], problems: [String]) {
        var values: [String] = []
        let cursor = set.forEach { event in
            values.append(
                "\(event.timestamp) \(event.name) \((0..<event.payload.count).map { event.payload.value($0) })")
        }
        return (values, cursor.problems.map(\.description))
    }

    private func look(at ring: StoredRing, budget: Int = 1 << 30, keepsAll: Bool = false) -> RingLook {
        var look = RingLook(FolderRing.rings(in: ring.path), source: "process 7", keepsAll: keepsAll)
        look.budget = budget
        return look
    }

    @Test(
        "finds all that the ring has, and then nothing until something happens",
        arguments: ["clean-ring", "wrapped-ring"])
    func whole(name: String) async throws {
        try await withTemporaryDirectory { directory in
            let ring = try StoredRing(name, into: directory)
            var look = look(at: ring)
            let found = try #require(try look.look(after: nil))
            #expect(!found.goesOn && found.traces.count == 1 && found.traces[0].path == "process 7")
            let seen = events(TraceSet(found.traces))
            #expect(seen == events(try TraceSet(paths: [ring.path])))
            #expect(seen.problems.isEmpty && !seen.values.isEmpty)
            #expect(try look.look(after: { _, _ in 0 }) == nil)
        }
    }

    @Test("takes the packets that the reader has not read, and the newest of each stream again")
    func news() async throws {
        try await withTemporaryDirectory { directory in
            let ring = try StoredRing("wrapped-ring", into: directory)
            let headers = try ring.headers().values
            let newest = Dictionary(grouping: headers, by: \.stream_instance_id).compactMapValues { packets in
                packets.max { $0.packet_seq_num < $1.packet_seq_num }
            }
            var look = look(at: ring)
            let found = try #require(
                try look.look { stream, ring in
                    #expect(ring.isEmpty)
                    return newest[stream]?.events_before ?? 0
                })
            #expect(found.goesOn)
            #expect(found.traces[0].streams.count == newest.count)
        }
    }

    @Test("that would be larger than its budget starts anew, with definitions and the newest packet of each stream")
    func budget() async throws {
        try await withTemporaryDirectory { directory in
            let ring = try StoredRing("wrapped-ring", into: directory)
            let headers = try ring.headers()
            let kept = headers.values.count { $0.stream_instance_id == UInt64(POOLTRACE_KEPT_STREAM) }
            let threads = Set(headers.values.map(\.stream_instance_id)).subtracting([UInt64(POOLTRACE_KEPT_STREAM)])
            var look = look(at: ring, budget: 0)
            let found = try #require(try look.look { _, _ in 0 })
            #expect(!found.goesOn)
            #expect(found.traces[0].streams.count == kept + threads.count)
            #expect(events(TraceSet(found.traces)).problems.isEmpty)
            var larger = self.look(at: ring, budget: 3 << 16)
            let more = try #require(try larger.look { _, _ in 0 })
            #expect((kept + threads.count + 1...kept + threads.count + 3).contains(more.traces[0].streams.count))
            // A folder keeps what it has: nothing is left out.
            var all = self.look(at: ring, budget: 0, keepsAll: true)
            let whole = try #require(try all.look { _, _ in 0 })
            #expect(whole.goesOn && whole.traces[0].streams.count == headers.count)
        }
    }

    @Test("passes over a slot whose packet is being used again, and sees the one that comes into it")
    func reuse() async throws {
        try await withTemporaryDirectory { directory in
            let ring = try StoredRing("wrapped-ring", into: directory)
            var look = look(at: ring)
            let before = try #require(try look.look(after: nil)).traces[0].streams.count
            let oldest = try #require(
                try ring.headers().filter { $0.value.stream_instance_id != UInt64(POOLTRACE_KEPT_STREAM) }
                    .min { $0.value.timestamp_begin < $1.value.timestamp_begin })
            try ring.change(oldest.key) { $0.packet_seq_num = UInt64.max }
            #expect(try #require(try look.look(after: nil)).traces[0].streams.count == before - 1)
            try ring.change(oldest.key) { $0 = oldest.value }
            #expect(try #require(try look.look(after: nil)).traces[0].streams.count == before)
        }
    }

    @Test("names the process and the slot where it comes upon damage")
    func damage() async throws {
        try await withTemporaryDirectory { directory in
            let ring = try StoredRing("clean-ring", into: directory)
            var bytes = try ring.bytes("packet-0001")
            bytes.replaceSubrange(100..<400, with: repeatElement(0xFF, count: 300))
            try directory.write(bytes, to: "ring/packet-0001")
            var look = look(at: ring)
            let problems = events(TraceSet(try #require(try look.look(after: nil)).traces)).problems
            #expect(
                problems.count == 1 && problems[0].hasPrefix("process 7/packet-0001: packet 0 at byte "), "\(problems)")
        }
    }

    @Test("at rings of which one has no metadata that can be read sees the others")
    func damagedMetadata() async throws {
        try await withTemporaryDirectory { directory in
            let ring = try StoredRing("clean-ring", into: directory)
            try StoredRing.copy("clean-ring", to: directory.path("ring/worker-8"))
            try directory.write("event {", to: "ring/worker-8/metadata")
            var look = look(at: ring)
            #expect(try #require(try look.look(after: nil)).traces.map(\.path) == ["process 7"])
            try directory.write("event {", to: "ring/metadata")
            var none = self.look(at: ring)
            let error = #expect(throws: TraceError.self) { try none.look(after: nil) }
            #expect(error?.path == "process 7/metadata")
        }
    }
}
