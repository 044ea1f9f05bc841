import PoolTrace
import Testing

/// What races where async tasks meet a pool; what they can do is in `FeatureTests`.
@Suite("Async tasks")
struct AsyncTests {
    @Test("Tasks that suspend, yield and meet in an actor all end, a thousand times")
    func segments() async throws {
        actor Sum {
            var total = 0
            func add(_ number: Int) { total += number }
        }
        let pool = try ThreadPool(workers: 2)
        for round in 0..<1000 {
            let sum = Sum()
            let results = try await pool.asyncMap(0..<8, maximumConcurrency: 3) { part in
                await sum.add(part)
                await Task.yield()
                return part
            }
            #expect(results == Array(0..<8), "round \(round)")
            #expect(await sum.total == 28, "round \(round)")
        }
        try await pool.shutdown()
    }

    @Test("A future of an async body ends once, however its cancel meets its start and its end, a thousand times")
    func cancellation() async throws {
        let pool = try ThreadPool(workers: 2)
        for round in 0..<1000 {
            let future = pool.submit { () async throws -> Int in
                await Task.yield()
                try Task.checkCancellation()
                return 7
            }
            let other = Task.detached { future.cancel() }
            do {
                #expect(try await future.value() == 7, "round \(round)")
            } catch {
                #expect(error is CancellationError, "round \(round): \(error)")
            }
            _ = await other.value
            #expect(future.isDone, "round \(round)")
        }
        try await pool.shutdown()
    }

    @Test("A pool that is shut down meanwhile ends every async task that it took, a thousand times")
    func shutdown() async throws {
        for round in 0..<1000 {
            let pool = try ThreadPool(workers: 1)
            let futures = (0..<4).map { part in
                pool.submit { () async -> Int in
                    await Task.yield()
                    return part
                }
            }
            try await pool.shutdown(cancelQueued: round % 2 == 1)
            for future in futures { #expect(future.isDone, "round \(round), \(future.path)") }
        }
    }
}
