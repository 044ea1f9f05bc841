import Glibc
import PoolTrace
import RaceCases

/// What orders tasks of pools: no races.
let edgesOfPools: [PoolCase] = [
    .single("value-chain", .none) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            for _ in 0..<5 {
                try pool.submit { tally.count += 1 }.value()
                tally.count += 1
            }
        }
    },
    // Inside the pool: what waits for a task may use what that used.
    .single("value-in-task", .none) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            let first = pool.submit { tally.count += 1 }
            let second = pool.submit {
                try first.value()
                tally.count += 1
            }
            try pool.submit {
                try second.value()
                tally.count += 1
            }.value()
        }
    },
    .single("both", .none) {
        let tallies = (0..<8).map { _ in Tally() }
        try withThreadPool(workers: 2) { pool in
            let sum = try countUp(tallies[...], in: pool)
            precondition(sum == 8 && tallies.reduce(0) { $0 + $1.count } == 8)
        }
    },
    .single("map", .none) {
        let tallies = (0..<8).map { _ in Tally() }
        try withThreadPool(workers: 2) { pool in
            for tally in tallies { tally.count = 1 }
            _ = try pool.map(tallies) { $0.count += 1 }
            try pool.submitMap(tallies) { $0.count += 1 }.value().forEach {}
            precondition(tallies.reduce(0) { $0 + $1.count } == 24)
        }
    },
    .single("lazy-map", .none) {
        let tallies = (0..<8).map { _ in Tally() }
        try withThreadPool(workers: 2) { pool in
            for (index, result) in pool.lazyMap(tallies.indices, ahead: 3, { tallies[$0].count += 1 }).enumerated() {
                try result.get()
                tallies[index].count += 1
            }
            for result in pool.lazyMapUnordered(
                tallies.indices, ahead: 3,
                { index in
                    tallies[index].count += 1
                    return index
                })
            {
                tallies[try result.get()].count += 1
            }
        }
    },
    .single("async-map", .none) {
        try withThreadPool(workers: 2) { pool in
            try pool.submit { () async throws -> Void in
                let tallies = (0..<8).map { _ in Tally() }
                _ = try await pool.asyncMap(tallies, maximumConcurrency: 2) { tally in
                    tally.count += 1
                    await Task.yield()
                    tally.count += 1
                }
                precondition(tallies.reduce(0) { $0 + $1.count } == 16)
            }.value()
        }
    },
    .single("as-completed", .none) {
        let tallies = (0..<6).map { _ in Tally() }
        try withThreadPool(workers: 2) { pool in
            let futures = tallies.map { tally in
                pool.submit {
                    tally.count += 1
                    return tally
                }
            }
            for future in asCompleted(futures) { try future.value().count += 1 }
        }
    },
    .single("wait-for-all", .none) {
        let tallies = (0..<6).map { _ in Tally() }
        try withThreadPool(workers: 2) { pool in
            _ = try wait(for: tallies.map { tally in pool.submit { tally.count += 1 } })
            precondition(tallies.allSatisfy { $0.count == 1 })
        }
    },
    .single("promise", .none) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            let promise = Promise<Int>()
            let reader = pool.submit { tally.count += try promise.future.value() }
            try pool.submit {
                tally.count += 1
                try promise.succeed(1)
            }.value()
            try reader.value()
        }
    },
    .single("callback", .none) {
        let tally = Tally()
        let called = Event()
        try withThreadPool(workers: 2) { pool in
            let future = pool.submit { tally.count += 1 }
            future.whenDone { _ in
                tally.count += 1
                called.set()
            }
            called.wait()
            tally.count += 1
        }
    },
    .single("shutdown", .none) {
        let tallies = (0..<6).map { _ in Tally() }
        let pool = try ThreadPool(name: "shut down", workers: 2)
        for tally in tallies { pool.execute { tally.count += 1 } }
        try pool.shutdown()
        precondition(tallies.allSatisfy { $0.count == 1 })
    },
    .single("join", .none) {
        let tallies = (0..<6).map { _ in Tally() }
        let pool = try ThreadPool(name: "joined", workers: 2)
        for tally in tallies { pool.execute { tally.count += 1 } }
        pool.close()
        try pool.join()
        precondition(tallies.allSatisfy { $0.count == 1 })
        try pool.shutdown()
    },
    .single("queue-limit", .none) {
        let tallies = (0..<8).map { _ in Tally() }
        try withThreadPool(workers: 2, configuration: PoolConfiguration(queueLimit: 2)) { pool in
            let futures = tallies.map { tally in pool.submit { tally.count += 1 } }
            for future in futures { try future.value() }
            precondition(tallies.allSatisfy { $0.count == 1 })
        }
    },
    // The reason is written before the flag is set.
    .single("cancel", .none) {
        let reason = Tally()
        let started = Event()
        try withThreadPool(workers: 2) { pool in
            let task = pool.submit {
                started.set()
                while !CurrentTask.isCancelled { usleep(1000) }
                return reason.count
            }
            started.wait()
            reason.count = 7
            task.cancel()
            _ = try? task.value()
        }
    },
    // A worker's, whichever tasks it runs.
    .single("thread-local", .none) {
        let scratch = ThreadLocal([Int]())
        try withThreadPool(workers: 2) { pool in
            let sizes = try pool.map(0..<8, chunkSize: 1) { element in
                scratch.value.append(element)
                return scratch.value.count
            }
            precondition(sizes.allSatisfy { $0 > 0 })
        }
    },
    // It runs before the first task of its worker.
    .single("initializer", .none) {
        let factor = Tally()
        let configuration = PoolConfiguration(initializer: { factor.count = 2 })
        try withThreadPool(workers: 1, configuration: configuration) { pool in
            let doubled = try pool.map(0..<4, chunkSize: 1) { $0 * factor.count }
            precondition(doubled == [0, 2, 4, 6])
        }
    },
]

private func countUp(_ tallies: ArraySlice<Tally>, in pool: ThreadPool) throws -> Int {
    if let only = tallies.first, tallies.count == 1 {
        only.count += 1
        return only.count
    }
    let middle = tallies.startIndex + tallies.count / 2
    let (lower, upper) = try pool.both(tallies[..<middle], tallies[middle...]) { try countUp($0, in: $1) }
    precondition(tallies.allSatisfy { $0.count == 1 })
    return lower + upper
}
