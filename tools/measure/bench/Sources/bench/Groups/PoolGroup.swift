import CBench
import PoolTrace

/// A million tasks that do next to nothing, submitted by a thread outside the pool to two workers.
///
/// Each body captures its number and counts on the thread that runs it, so the closure has a heap context and the tasks
/// share nothing.
enum PoolGroup {
    static let count = 1_000_000
    static let workers = Conditions.workers

    static let rows =
        peers + [
            Row(
                "pool", "pool: execute, untraced", .task, in: .off, threads: workers,
                [.atMost(1.0 / 3, of: "dispatch"), .atMost(0.75, of: "onetbb")]
            ) {
                try pool(recording: false, flood)
            },
            Row(
                "pool-traced", "pool: execute, traced to the ring", .task, in: .memory, threads: workers,
                [.atMost(0.45, of: "dispatch"), .beside("pool")]
            ) {
                try pool(recording: true, flood)
            },
            Row(
                "batch", "pool: execute(each:), untraced", .task, in: .off, threads: workers,
                [.atMost(1.0 / 15, of: "dispatch")]
            ) {
                try pool(recording: false) { $0.execute(each: 0..<UInt64(count)) { bench_count($0) } }
            },
            Row(
                "batch-traced", "pool: execute(each:), traced to the ring", .task, in: .memory, threads: workers,
                [.beside("dispatch"), .beside("batch")]
            ) {
                try pool(recording: true) { $0.execute(each: 0..<UInt64(count)) { bench_count($0) } }
            },
        ]

    /// A million tasks to a pool, one by one.
    static func flood(_ pool: ThreadPool) {
        for number in 0..<UInt64(count) { pool.execute { bench_count(number) } }
    }

    /// The time from the first submit to the end of the last task; the pool's threads are made before and ended after.
    private static func pool(recording: Bool, _ submit: @escaping (ThreadPool) -> Void) throws -> Row.Round {
        try Conditions.restrict()
        return {
            let pool = try ThreadPool(workers: workers)
            try Conditions.check(recording: recording)
            let tasks = TaskCount()
            let watch = Stopwatch()
            submit(pool)
            pool.close()
            try pool.join()
            var sample = watch.stop(count: count)
            try pool.shutdown()
            sample.note = try tasks.check(count)
            return sample
        }
    }
}
