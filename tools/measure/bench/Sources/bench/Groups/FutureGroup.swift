import CBench
import Dispatch
import PoolTrace

/// A million futures: a thread outside the pool submits all, then waits for each in order.
enum FutureGroup {
    private static let count = 1_000_000

    static let rows = [
        Row("dispatch-future", "Dispatch: a future, untraced", .task, in: .dispatch, threads: Conditions.workers) {
            try dispatch()
        },
        Row(
            "future", "pool: submit and value, untraced", .task, in: .off, threads: Conditions.workers,
            [.atMost(0.5, of: "dispatch-future")]
        ) {
            try pool(recording: false)
        },
        Row(
            "future-traced", "pool: submit and value, traced to the ring", .task, in: .memory,
            threads: Conditions.workers, [.beside("dispatch-future"), .beside("future")]
        ) {
            try pool(recording: true)
        },
    ]

    private static func pool(recording: Bool) throws -> Row.Round {
        try Conditions.restrict()
        return {
            let pool = try ThreadPool(workers: Conditions.workers)
            try Conditions.check(recording: recording)
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

    private static func dispatch() throws -> Row.Round {
        try Conditions.restrict()
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

    private static func check(_ sum: UInt64) throws {
        guard sum == UInt64(count) * UInt64(count - 1) / 2 else {
            throw BenchError("the futures' values add up to \(sum)")
        }
    }
}
