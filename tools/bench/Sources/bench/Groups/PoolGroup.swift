import CBench
import Dispatch
import PoolRecorder
import PoolTrace

/// A million tasks that do next to nothing, submitted by a thread outside the pool to two workers.
///
/// Each body captures its number and counts on the thread that runs it, so the closure has a heap context and the tasks share nothing.
enum PoolGroup {
    private static let count = 1_000_000
    private static let workers = 2

    static let rows = [
        Row("dispatch", "Dispatch: async(group:), untraced", .task, in: .dispatch, threads: workers) {
            try dispatch()
        },
        Row("pool", "pool: execute, untraced", .task, in: .off, threads: workers, [.atMost(0.5, of: "dispatch")]) {
            try pool(recording: false)
        },
        Row(
            "pool-traced", "pool: execute, traced to the ring", .task, in: .memory, threads: workers,
            [.atMost(1, of: "dispatch"), .beside("pool")]
        ) {
            try pool(recording: true)
        },
        Row("dispatch-future", "Dispatch: a future, untraced", .task, in: .dispatch, threads: workers) {
            try dispatchFutures()
        },
        Row(
            "future", "pool: submit and value, untraced", .task, in: .off, threads: workers,
            [.beside("dispatch-future")]
        ) {
            try poolFutures(recording: false)
        },
        Row(
            "future-traced", "pool: submit and value, traced to the ring", .task, in: .memory, threads: workers,
            [.beside("dispatch-future"), .beside("future")]
        ) {
            try poolFutures(recording: true)
        },
    ]

    // MARK: Tasks nobody waits for one by one

    /// A million tasks to a pool, until the last has ended.
    ///
    /// The pool's threads are made before and ended after.
    static func flood(_ pool: ThreadPool) throws {
        for number in 0..<UInt64(count) { pool.execute { bench_count(number) } }
        pool.close()
        try pool.join()
    }

    private static func pool(recording: Bool) throws -> Row.Round {
        try restrict()
        return {
            let pool = try ThreadPool(workers: workers)
            try check(recording)
            let tasks = TaskCount()
            let watch = Stopwatch()
            try flood(pool)
            var sample = watch.stop(count: count)
            try pool.shutdown()
            sample.note = try tasks.check(count)
            return sample
        }
    }

    private static func dispatch() throws -> Row.Round {
        try restrict()
        let queue = DispatchQueue.global()
        return {
            let tasks = TaskCount()
            let group = DispatchGroup()
            let watch = Stopwatch()
            for number in 0..<UInt64(count) { queue.async(group: group) { bench_count(number) } }
            group.wait()
            var sample = watch.stop(count: count)
            sample.note = try tasks.check(count)
            return sample
        }
    }

    // MARK: Futures

    private static func poolFutures(recording: Bool) throws -> Row.Round {
        try restrict()
        return {
            let pool = try ThreadPool(workers: workers)
            try check(recording)
            let tasks = TaskCount()
            var futures: [Future<UInt64>] = []
            futures.reserveCapacity(count)
            var sum: UInt64 = 0
            let watch = Stopwatch()
            for number in 0..<UInt64(count) {
                futures.append(
                    pool.submit {
                        bench_count(number)
                        return number
                    })
            }
            for future in futures { sum &+= try future.value() }
            var sample = watch.stop(count: count)
            futures = []
            try pool.shutdown()
            sample.note = try tasks.check(count)
            try check(sum)
            return sample
        }
    }

    private static func dispatchFutures() throws -> Row.Round {
        try restrict()
        let queue = DispatchQueue.global()
        let semaphore = DispatchSemaphore(value: 0)
        return {
            let tasks = TaskCount()
            var futures: [DispatchFuture<UInt64>] = []
            futures.reserveCapacity(count)
            var sum: UInt64 = 0
            let watch = Stopwatch()
            for number in 0..<UInt64(count) {
                let future = DispatchFuture<UInt64> {
                    bench_count(number)
                    return number
                }
                futures.append(future)
                queue.async { future.run() }
            }
            for future in futures { sum &+= try future.value(parkingOn: semaphore) }
            var sample = watch.stop(count: count)
            sample.note = try tasks.check(count)
            try check(sum)
            return sample
        }
    }

    // MARK: Checks

    /// Dispatch makes as many workers as there are processors: both sides get two.
    private static func restrict() throws {
        let processors = bench_restrict_processors(Int32(workers))
        guard processors == workers else {
            throw BenchError("\(workers) processors are needed; this process may use \(processors)")
        }
    }

    private static func check(_ recording: Bool) throws {
        guard Recorder.isOn == recording else { throw BenchError("recording is \(recording ? "off" : "on")") }
    }

    private static func check(_ sum: UInt64) throws {
        guard sum == UInt64(count) * UInt64(count - 1) / 2 else {
            throw BenchError("the futures' values add up to \(sum)")
        }
    }
}
