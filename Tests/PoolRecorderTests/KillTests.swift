import Glibc
import TestSupport
import Testing

@Suite("A process that is killed")
struct KillTests {
    /// The steps of a packet's way into use, by their numbers in the recorder's ring.h, and how often each comes first.
    static let steps = (1...15).flatMap { step in [1, 2, 4].map { (step: step, occurrence: $0) } }

    @Test("leaves a valid trace at every step of a packet's way into use", arguments: steps)
    func everyStep(step: Int, occurrence: Int) async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let result = try await Program.run(
                ["kill-at", "\(step)", "\(occurrence)", "30000"], settings: ["TRACE": folder, "LIMIT": "512K"])
            // The metadata is written once more at most in so short a time.
            let isKilled = result.status == .signalled(SIGKILL)
            #expect(isKilled || (step == 14 && occurrence > 1 && result.succeeded), "step \(step): \(result)")
            // Before the metadata is there it is no trace: the first packet's first three steps.
            if occurrence == 1 && step <= 3 {
                #expect(try !directory.contents().contains("trace/metadata"))
                return
            }
            try await expectValid(folder, "step \(step), occurrence \(occurrence)")
            let hasEnd = try RingFolder(folder).events.contains { $0.name == "process_end" }
            #expect(hasEnd != isKilled, "step \(step), occurrence \(occurrence)")
        }
    }

    // One after the other: fifty programs at once that do nothing but write leave no processor to whoever is to end
    // them.
    @Test("leaves a valid trace at any of fifty moments")
    func anyMoment() async throws {
        for round in 1...50 { try await killAtRandom(round) }
    }

    private func killAtRandom(_ round: Int) async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let microseconds = Int.random(in: 0...30_000)
            try await Program.run(["flood", "0", "2"], settings: ["TRACE": folder, "LIMIT": "512K"]) { child in
                try await child.waitForOutput(containing: "writing")
                usleep(UInt32(microseconds))
                child.send(SIGKILL)
            }
            try await expectValid(folder, "round \(round), killed after \(microseconds) us")
        }
    }

    private func expectValid(_ folder: String, _ what: String) async throws {
        let ring = try RingFolder(folder)
        #expect(ring.faults() == [], "\(what)")
        // The steps' program counts anew in each of its rounds.
        #expect(what.hasPrefix("step") || ring.faultsOfCountingStreams() == [], "\(what)")
        let count = try await RingFolder.countByBabeltrace(folder)
        #expect(count == ring.events.count, "\(what)")
    }
}
