import CBench
import Dispatch
import Foundation
import PoolTrace

/// One task from a thread outside, which waits for it: there and back.
///
/// Hot: the next trip begins when one has ended. Parked: before each trip the thread outside sleeps, and the workers
/// fall asleep too.
enum TripGroup {
    private static let hotTrips = 20_000
    private static let parkedTrips = 200

    static let rows = [
        Row("dispatch-parked", "Dispatch: async and a semaphore, parked", .trip, in: .dispatch, threads: 0) {
            parked(try dispatch())
        },
        Row(
            "pool-parked", "pool: submit and value, parked", .trip, in: .off, threads: 0,
            [.atMost(1, of: "dispatch-parked")]
        ) {
            parked(try pool())
        },
        Row("dispatch-hot", "Dispatch: async and a semaphore, hot", .trip, in: .dispatch, threads: 0) {
            hot(try dispatch())
        },
        Row(
            "pool-hot", "pool: submit and value, hot", .trip, in: .off, threads: 0,
            [.atMost(0.05, of: "dispatch-hot"), .beside("dispatch-sync")]
        ) {
            hot(try pool())
        },
        Row("dispatch-sync", "Dispatch: sync, which runs it on the caller", .trip, in: .dispatch, threads: 0) {
            try Conditions.restrict()
            let queue = DispatchQueue.global()
            return hot(isElsewhere: false) { number in queue.sync { bench_count(number) } }
        },
    ]

    /// Has a task count its number, and waits for it.
    private typealias Trip = (UInt64) throws -> Void

    private static func pool() throws -> Trip {
        try Conditions.restrict()
        let pool = try ThreadPool(workers: Conditions.workers)
        try Conditions.check(recording: false)
        return { number in try pool.submit { bench_count(number) }.value() }
    }

    private static func dispatch() throws -> Trip {
        try Conditions.restrict()
        let queue = DispatchQueue.global()
        let semaphore = DispatchSemaphore(value: 0)
        return { number in
            queue.async {
                bench_count(number)
                semaphore.signal()
            }
            semaphore.wait()
        }
    }

    private static func hot(isElsewhere: Bool = true, _ trip: @escaping Trip) -> Row.Round {
        {
            let tasks = TaskCount()
            let watch = Stopwatch()
            for number in 0..<UInt64(hotTrips) { try trip(number) }
            let sample = watch.stop(count: hotTrips)
            try tasks.checkTrips(hotTrips, areElsewhere: isElsewhere)
            return sample
        }
    }

    /// The figure is the median trip's, as some of them meet an interrupt.
    private static func parked(_ trip: @escaping Trip) -> Row.Round {
        {
            let tasks = TaskCount()
            var times: [Double] = []
            let watch = Stopwatch()
            for number in 0..<UInt64(parkedTrips) {
                try Sleepers.wait()
                let start = bench_monotonic()
                try trip(number)
                times.append(Double(bench_monotonic() - start))
            }
            let sample = Sample(nanoseconds: RowResult.median(times), processors: watch.stop(count: 1).processors)
            try tasks.checkTrips(parkedTrips, areElsewhere: true)
            return sample
        }
    }
}
