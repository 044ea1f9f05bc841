import Exploration
import Foundation
import PoolModel
import PoolSchedule
import TestSupport
import Testing

@Suite("Searches over programs without pools")
struct SearchTests {
    private static func trials(_ script: String, _ folder: TemporaryDirectory) -> Trials {
        Trials(trial: Trial(command: ["/bin/sh", "-c", script], limit: .seconds(60)), folder: folder.path)
    }

    private static func search(_ script: String, _ folder: TemporaryDirectory) -> Search {
        Search(
            trials: trials(script, folder), seed: 1, maximumExecutions: 5, end: nil, jobs: 2, stopsAtFirst: false)
    }

    @Test("One that passes is run once, as there is one order, and leaves nothing behind")
    func passes() async throws {
        try await withTemporaryDirectory { folder in
            var told: [Int] = []
            let found = try await Self.search("true", folder).run { told.append($0.executions) }
            #expect(found.executions == 1 && found.failures.isEmpty && !found.recorded)
            #expect(told == [1])
            #expect(try folder.contents().isEmpty)
        }
    }

    @Test("One that fails has one failure, which is steady")
    func fails() async throws {
        try await withTemporaryDirectory { folder in
            let found = try await Self.search("exit 3", folder).run { _ in }
            #expect(found.executions == 1 && found.failures.count == 1)
            let failure = try #require(found.failures.first)
            #expect(failure.symptom == .ending(.exited(3)) && failure.hits == 1 && failure.isSteady)
            #expect(failure.byStrategy.values.reduce(0, +) == 1)
            #expect(failure.result.run == nil && failure.result.report(.plain).isEmpty)
        }
    }

    @Test("There is nothing to verify in one")
    func verification() async throws {
        try await withTemporaryDirectory { folder in
            let verification = Verification(trials: Self.trials("true", folder), strategy: .fifo, seed: 1)
            guard case .noPool = try await verification.run() else {
                Issue.record("expected that there is no pool")
                return
            }
        }
    }
}
