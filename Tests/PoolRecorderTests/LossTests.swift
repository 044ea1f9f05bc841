import CEventTable
import Foundation
import TestSupport
import Testing

@Suite("Emitted = shown + overwritten + discarded")
struct LossTests {
    @Test("in a ring that wraps", arguments: [1, 2, 5])
    func wrapping(threads: Int) async throws {
        let ring = try await record(["flood", "60000", "\(threads)"], limit: "1M")
        #expect(ring.faults() == [], "\(threads) threads")
        // A thread that comes after another has ended goes on in its stream.
        let accounts = ring.streams.keys.filter { $0 != 0 }.map { ring.account(of: $0) }
        let discarded = ring.account(of: UInt64(POOLTRACE_KEPT_STREAM)).discarded
        #expect(
            accounts.reduce(discarded) { $0 + $1.emitted } == 60_000 * UInt64(threads), "\(accounts), \(discarded)")
        #expect(accounts.allSatisfy { $0.shown > 0 && $0.discarded == 0 }, "\(accounts)")
        #expect(threads > 1 || accounts[0].overwritten > 0 && discarded == 0, "\(accounts), \(discarded)")
        // Two thirds of twelve packets of 64 KiB, of events of 16 bytes.
        #expect(accounts.reduce(0) { $0 + $1.shown } > 7 * 4000, "\(accounts)")
    }

    @Test("with threads that come and go: their packets are used again")
    func churning() async throws {
        let (ring, result) = try await recordWithOutput(["churn", "200", "3", "100"], limit: "1M")
        let total = ring.streams.keys.filter { $0 != 0 }.map { ring.account(of: $0).emitted }.reduce(0, +)
        #expect(total == 60_000)
        #expect(ring.faults() == [])
        // Six hundred threads, three at a time.
        #expect(ring.streams.count <= 4 && result.output.contains("in use 0 discarded 0"), "\(result)")
    }

    @Test("with more threads than the ring has packets")
    func crowded() async throws {
        let (ring, result) = try await recordWithOutput(["churn", "1", "24", "2000"], limit: "512K")
        let shown = ring.streams.keys.filter { $0 != 0 }.map { ring.account(of: $0).emitted }.reduce(0, +)
        let discarded = ring.account(of: UInt64(POOLTRACE_KEPT_STREAM)).discarded
        #expect(shown + discarded == 48_000, "\(result)")
        #expect(result.output.contains("discarded \(discarded)"), "\(result)")
    }

    @Test("and none is lost of 1,000 threads at once, each of which takes little", arguments: [true, false])
    func thousand(inDirectory: Bool) async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let settings = inDirectory ? ["TRACE": folder] : [:]
            let result = try await Program.run(["churn", "1", "1000", "100"], settings: settings).requireSuccess()
            #expect(result.output.contains("discarded 0\n"), "\(result)")
            guard inDirectory else { return }
            let ring = try RingFolder(folder)
            #expect(ring.faults() == [])
            let accounts = ring.streams.keys.filter { $0 != 0 }.map { ring.account(of: $0) }
            #expect(accounts.reduce(0) { $0 + $1.shown } == 100_000 && accounts.allSatisfy { $0.overwritten == 0 })
        }
    }

    @Test("and a newcomer finds room where others have taken all of it")
    func newcomers() async throws {
        // Four threads fill the ring, and stay; forty more come then.
        let (ring, result) = try await recordWithOutput(["newcomers", "4", "60000", "40", "20"], limit: "1M")
        #expect(result.output.contains("discarded 0\n"), "\(result)")
        #expect(ring.faults() == [])
        let accounts = ring.streams.keys.filter { $0 != 0 }.map { ring.account(of: $0) }
        #expect(accounts.reduce(0) { $0 + $1.emitted } == 240_800, "\(accounts)")
        #expect(accounts.count { $0.emitted == 20 && $0.shown == 20 } == 40, "\(accounts)")
    }

    @Test("with more failures than are kept: definitions still find room")
    func failures() async throws {
        let ring = try await record(["failures", "3000"], limit: "1M")
        let kept = ring.streams[UInt64(POOLTRACE_KEPT_STREAM)]?.flatMap(\.events) ?? []
        #expect(kept.count { $0.name == "name" } == 100)
        #expect(kept.last?.name == "process_end")
        let keptErrors = UInt64(kept.count { $0.name == "task_error" })
        #expect(keptErrors > 100)
        #expect(keptErrors + ring.account(of: 1).emitted == 3000)
    }

    @Test("and definitions outlive a ring that wraps 100 times")
    func definitions() async throws {
        // Twelve packets of about 4,090 events.
        let (ring, result) = try await recordWithOutput(["definitions", "5000000"], limit: "1M")
        #expect(ring.account(of: 1).emitted == 5_000_000)
        #expect(ring.account(of: 1).shown < 50_000)
        let site = try #require(ring.events.first { $0.name == "site" })
        #expect(site.texts == ["Module/File.swift", "run(files:)"] && site.integers == [1, 41])
        #expect(ring.events.first { $0.name == "name" }?.texts == ["check"])
        #expect(ring.events.first?.name == "process_start" && ring.events.contains { $0.name == "module" })
        #expect(result.lines == ["site 1", "name 1", "same 1"])
    }

    @Test("and what is older than a ring keeps is in no snapshot, and in no view; its packets are used again")
    func aging() async throws {
        try await withTemporaryDirectory { directory in
            let (folder, copy) = (directory.path("trace"), directory.path("copy"))
            try await Program.run(
                ["aging", "300", "900", "150", copy], settings: ["TRACE": folder, "KEEP": "1s"]
            ).requireSuccess()
            let (ring, snapshot) = (try RingFolder(folder), try RingFolder(copy))
            #expect(ring.faults() == [] && snapshot.faults() == [])
            let starts = snapshot.events.filter { $0.name == "task_start" }
            // Nothing of the thread that ended, and of the other at most a packet's span more than a second.
            #expect(starts.allSatisfy { $0.integers[0] >= 1_000_000 }, "\(starts.count)")
            #expect(starts.count { $0.integers[0] >= 2_000_000 } == 150, "\(starts.count)")
            let spans = ring.packets.filter { $0.header.stream_instance_id != 0 }.count
            #expect(spans > 3, "A packet spans an eighth of the time: \(spans) packets")
            #expect(try await RingFolder.countByBabeltrace(copy) == snapshot.events.count)

            for trace in [folder, copy] {
                let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", trace]).requireSuccess()
                #expect(view.output.contains("only the last 1.00 s kept"), "\(view)")
                let tasks = try await Child.run(
                    BuiltProduct.path("pooltrace"), ["view", "--format", "json", trace]
                ).requireSuccess().output
                // 150 of the 750, and what came less than a second before the end of those before: none or few.
                let shown = try #require(tasks.firstMatch(of: /"shown":(\d+),"overwritten":(\d+),"discarded":(\d+)/))
                #expect(shown.3 == "0" && (Int(shown.1) ?? 0) < 420 && (Int(shown.1) ?? 0) > 150, "\(shown.0)")
            }
        }
    }

    private func record(_ arguments: [String], limit: String) async throws -> RingFolder {
        try await recordWithOutput(arguments, limit: limit).ring
    }

    private func recordWithOutput(
        _ arguments: [String], limit: String
    ) async throws -> (ring: RingFolder, result: ChildResult) {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let result = try await Program.run(arguments, settings: ["TRACE": folder, "LIMIT": limit]).requireSuccess()
            let ring = try RingFolder(folder)
            let count = try await RingFolder.countByBabeltrace(folder)
            #expect(count == ring.events.count, "\(arguments)")
            return (ring, result)
        }
    }
}
