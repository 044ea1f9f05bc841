import CBench
import Foundation
import PoolTrace

/// What pools cost that do nothing, and what is left of pools that have ended.
enum LifeGroup {
    private static let pools = 1000
    private static let idleSeconds = 10

    static let rows = [
        Row("pthreads", "pthreads: two made and joined", .pool, in: .dispatch) {
            {
                let watch = Stopwatch()
                for _ in 0..<pools { try twoThreads() }
                return watch.stop(count: pools)
            }
        },
        Row("life", "pool: made, one task, shut down; nothing left", .pool, in: .memory, [.beside("pthreads")]) {
            // What is made once: streams, tables, and memory that the allocator keeps for threads.
            for _ in 0..<4 * pools { try life() }
            return {
                // Tables that double when they are full make steps; a leak is there each time.
                var left = Int.max
                var sample: Sample?
                for _ in 0..<8 where left >= pools {
                    let before = try Holdings.now()
                    let watch = Stopwatch()
                    for _ in 0..<pools { try life() }
                    let timed = watch.stop(count: pools)
                    sample = sample ?? timed
                    left = min(left, try Holdings.now().bytes(since: before))
                }
                guard left < pools, var sample else { throw BenchError("\(left) bytes are left of \(pools) pools") }
                sample.note = "no thread, no descriptor and less than a byte is left of a pool"
                return sample
            }
        },
        Row(
            "idle", "pool: two workers with nothing to do, \(idleSeconds) s", .idle, in: .memory, threads: 0,
            [.atMost(nanoseconds: 0)], mostRounds: 2, warmsUp: false
        ) {
            let pool = try ThreadPool(workers: Conditions.workers)
            _ = try pool.map(0..<100) { $0 }
            return {
                try Sleepers.wait()
                let before = try Sleepers.processorTime()
                sleep(UInt32(idleSeconds))
                let after = try Sleepers.processorTime()
                withExtendedLifetime(pool) {}
                return Sample(nanoseconds: Double(after - before) / Double(idleSeconds), processors: 0)
            }
        },
    ]

    private static func life() throws {
        let pool = try ThreadPool(workers: Conditions.workers)
        _ = try pool.submit { 1 }.value()
        try pool.shutdown()
    }

    private static func twoThreads() throws {
        var threads = [pthread_t(), pthread_t()]
        for index in threads.indices {
            guard pthread_create(&threads[index], nil, { _ in nil }, nil) == 0 else {
                throw BenchError("the system gives no thread")
            }
        }
        for thread in threads { pthread_join(thread, nil) }
    }
}

/// What the process holds that could be left behind.
private struct Holdings {
    let threads: Int
    let descriptors: Int
    /// Bytes that were allocated and not freed.
    let bytes: Int

    static func now() throws -> Holdings {
        let files = FileManager.default
        return Holdings(
            threads: try files.contentsOfDirectory(atPath: "/proc/self/task").count,
            descriptors: try files.contentsOfDirectory(atPath: "/proc/self/fd").count,
            bytes: Int(bench_allocated()))
    }

    /// How many bytes are left; throws if anything else is.
    func bytes(since before: Holdings) throws -> Int {
        guard threads == before.threads, descriptors == before.descriptors else {
            throw BenchError(
                "left behind: \(threads - before.threads) threads, \(descriptors - before.descriptors) descriptors")
        }
        return bytes - before.bytes
    }
}
