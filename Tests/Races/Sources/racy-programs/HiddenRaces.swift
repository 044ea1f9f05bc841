import PoolTrace
import RaceCases
import Synchronization

/// Races that a detector misses if it sees an edge where there is no edge, or if its history ends too early.
let hiddenRaces: [PoolCase] = [
    // Submits, futures and events of both tasks are between the two accesses.
    .single("between-events", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            let first = pool.submit {
                tally.count += 1  // race: between-events
                try pool.submit(name: "child") {}.value()
            }
            let others = (0..<4).map { number in pool.submit(input: number) { $0 * 2 } }
            let second = pool.submit {
                try pool.submit(name: "another child") {}.value()
                tally.count += 1  // race: between-events
            }
            for other in others { _ = try other.value() }
            try first.value()
            try second.value()
        }
    },
    .single("main-after-submit", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            let task = pool.submit {
                tally.count += 1  // race: main-after-submit
            }
            tally.count += 1  // race: main-after-submit
            try task.value()
        }
    },
    .single("far-back-50", .race) { try farBack(50) },
    .single("far-back-300", .race) { try farBack(300) },
    // The child runs on the stack of the task that waits for it.
    .single("nested", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            try pool.submit {
                let child = pool.submit {
                    tally.count += 1  // race: nested
                }
                tally.count += 1  // race: nested
                try child.value()
            }.value()
        }
    },
    // On one thread one after the other, and only because the pool has one worker.
    .single("one-worker", .race) {
        let tally = Tally()
        try withThreadPool(workers: 1) { pool in
            let first = pool.submit {
                tally.count += 1  // race: one-worker
            }
            let second = pool.submit {
                tally.count += 1  // race: one-worker
            }
            try first.value()
            try second.value()
        }
    },
    // The first has long been waited for when the second is: but not before the second was submitted.
    .single("waited-for-later", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            let first = pool.submit {
                tally.count += 1  // race: waited-for-later
            }
            let second = pool.submit {
                _ = try pool.submit { 1 }.value()
                tally.count += 1  // race: waited-for-later
            }
            try first.value()
            try second.value()
        }
    },
    .single("map-elements", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            _ = try pool.map(0..<6, chunkSize: 1) { element in
                tally.count += element  // race: map-elements
            }
        }
    },
    .single("lazy-map-elements", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            let results = pool.lazyMap(0..<6, ahead: 3) { element in
                tally.count += element  // race: lazy-map-elements
            }
            for result in results { try result.get() }
        }
    },
    .single("both-halves", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            _ = try pool.both(1, 2) { half, _ in
                tally.count += half  // race: both-halves
            }
        }
    },
    .single("two-threads", .race) {
        let tally = Tally()
        let threads = (0..<2).map { _ in
            TracedThread {
                tally.count += 1  // race: two-threads
            }
        }
        for thread in threads { try thread.start() }
        for thread in threads { try thread.join() }
    },
    // That a submit waits for room says nothing about the tasks.
    .single("queue-limit-race", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2, configuration: PoolConfiguration(queueLimit: 1)) { pool in
            for _ in 0..<6 {
                pool.execute {
                    tally.count += 1  // race: queue-limit-race
                }
            }
        }
    },
    // The lock of the first task comes before that of the second one in the first order.
    .single("beside-a-lock", .search) {
        let tally = Tally()
        let lock = RecursiveLock()
        try withThreadPool(workers: 2) { pool in
            let first = pool.submit {
                tally.count += 1  // race: beside-a-lock
                try lock.withLock {}
            }
            let second = pool.submit {
                try lock.withLock {}
                tally.count += 1  // race: beside-a-lock
            }
            try first.value()
            try second.value()
        }
    },
    // Two permits let two in; one task after the other has them in the first order.
    .single("two-permits", .search) {
        let tally = Tally()
        let permits = PoolTrace.Semaphore(2)
        try withThreadPool(workers: 2) { pool in
            let tasks = (0..<2).map { _ in
                pool.submit {
                    try permits.withPermit {
                        tally.count += 1  // race: two-permits
                    }
                }
            }
            for task in tasks { try task.value() }
        }
    },
    // In serial mode Swift's check for overlapping accesses may come first.
    .single("access-conflict", .race) {
        let tally = Tally()
        try withThreadPool(workers: 2) { pool in
            let first = pool.submit {
                try recount(&tally.count, in: pool)  // race: access-conflict
            }
            let second = pool.submit {
                tally.count += 1  // race: access-conflict
            }
            try first.value()
            try second.value()
        }
    },
]

private func recount(_ count: inout Int, in pool: ThreadPool) throws {
    count += try pool.submit { 1 }.value()
}

/// Two accesses with `others` tasks between them, each of which has accesses of its own.
private func farBack(_ others: Int) throws {
    let tally = Tally()
    try withThreadPool(workers: 2) { pool in
        let first = pool.submit {
            tally.count += 1  // race: far-back-50, far-back-300
        }
        let between = (0..<others).map { number in
            pool.submit(input: number) { number in
                let own = Tally()
                for _ in 0..<50 { own.count += number }
                return own.count
            }
        }
        let last = pool.submit {
            tally.count += 1  // race: far-back-50, far-back-300
        }
        for task in between { _ = try task.value() }
        try first.value()
        try last.value()
    }
}
