import CEventTable
import TestSupport
import Testing

@Suite("Short stamps")
struct StampTests {
    @Test("tell the whole stamp, after any pause, to babeltrace2 too, and never go back")
    func pauses() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let result = try await Program.run(["stamps"], settings: ["TRACE": folder]).requireSuccess()
            let expected = result.lines.compactMap { UInt64($0) }
            try #require(expected.count == 14, "\(result)")
            let ring = try RingFolder(folder)
            #expect(ring.faults() == [])
            // The first three are older than their packet, and are as old as it.
            let stamps = ring.streams[1]?.flatMap(\.events).map(\.stamp) ?? []
            #expect(stamps.dropFirst(3) == expected.dropFirst(3), "\(expected)")
            let lines = try await Babeltrace.events(of: folder, arguments: ["--clock-cycles"])
            let cycles = lines.filter { $0.contains("pooltrace:task_") }.compactMap { line in
                line.firstMatch(of: /^\[0*(\d+)\]/).flatMap { UInt64($0.1) }
            }
            #expect(cycles == stamps)
        }
    }

    @Test("are shared by an end and the next start, written together, in a ring that wraps")
    func pairs() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let settings = ["TRACE": folder, "LIMIT": "512K"]
            try await Program.run(["pairs", "50000"], settings: settings).requireSuccess()
            let ring = try RingFolder(folder)
            #expect(ring.faults() == [])
            #expect(ring.account(of: 1).emitted == 100_000 && ring.account(of: 1).overwritten > 0)
            let events = ring.streams[1]?.flatMap(\.events) ?? []
            let tasks = events.map { $0.name == "task_end" ? 2 * $0.integers[0] : 2 * $0.integers[0] - 1 }
            #expect(tasks == (0..<UInt64(tasks.count)).map { $0 + 100_000 - UInt64(tasks.count) })
            #expect(try await RingFolder.countByBabeltrace(folder) == ring.events.count)
        }
    }
}
