import PoolTrace
import RaceCases
import Synchronization

/// What PoolTrace has for threads and tasks that wait for each other: no races.
let edgesOfPrimitives: [PoolCase] = [
    .single("recursive-lock", .none) {
        let tally = Tally()
        let lock = RecursiveLock()
        try inTwoTasks {
            for _ in 0..<20 { try lock.withLock { try lock.withLock { tally.count += 1 } } }
        }
        precondition(tally.count == 40)
    },
    .single("condition", .none) {
        let tally = Tally()
        let isReady = Condition(false)
        try inTasks(
            {
                tally.count = 1
                isReady.withLock { $0 = true }
                isReady.notify()
            },
            {
                isReady.wait { $0 ? () : nil }
                tally.count += 1
            })
    },
    .single("semaphore", .none) {
        let tally = Tally()
        let permits = PoolTrace.Semaphore(0)
        try inTasks(
            {
                tally.count = 1
                try permits.release()
            },
            {
                permits.acquire()
                tally.count += 1
            })
    },
    .single("one-permit", .none) {
        let tally = Tally()
        let permit = PoolTrace.Semaphore(1)
        try inTwoTasks { for _ in 0..<20 { try permit.withPermit { tally.count += 1 } } }
        precondition(tally.count == 40)
    },
    .single("barrier", .none) {
        let tallies = [Tally(), Tally()]
        let barrier = Barrier(2) { for tally in tallies { tally.count += 1 } }
        let side: @Sendable (Int) throws -> Void = { own in
            tallies[own].count = 1
            _ = try barrier.wait()
            precondition(tallies.allSatisfy { $0.count == 2 })
        }
        try inTasks({ try side(0) }, { try side(1) })
    },
    .single("event", .none) {
        let tally = Tally()
        let event = Event()
        try inTasks(
            {
                tally.count = 1
                event.set()
            },
            {
                event.wait()
                tally.count += 1
            })
    },
    .single("event-is-set", .none) {
        let tally = Tally()
        let event = Event()
        try inTasks(
            {
                tally.count = 1
                event.set()
            },
            { if event.isSet { tally.count += 1 } })
    },
    .single("thread", .none) {
        let tally = Tally()
        let thread = TracedThread { tally.count += 1 }
        tally.count = 1
        try thread.start()
        try thread.join()
        tally.count += 1
        precondition(tally.count == 3)
    },
    .single("timer", .none) {
        let tally = Tally()
        let timer = TracedTimer(after: .milliseconds(1)) { tally.count += 1 }
        tally.count = 1
        try timer.start()
        try timer.thread.join()
        tally.count += 1
        precondition(tally.count == 3)
    },
    // The second task finds the mutex taken, since the first one waits inside: known to be reported by the sanitizer
    // alone, as is each `Mutex` that a task has to wait for.
    .single("mutex-held-in-wait", .none) {
        let tally = Mutex(0)
        let box = Tally()
        try withThreadPool(workers: 2) { pool in
            let first = pool.submit {
                try tally.withLock { count in
                    box.count += 1
                    count += try pool.submit { 1 }.value()
                }
            }
            let second = pool.submit {
                tally.withLock { count in
                    box.count += 1
                    count += 1
                }
            }
            try first.value()
            try second.value()
        }
    },
]

/// What orders tasks and is not PoolTrace's: no races.
let edgesOfOthers: [PoolCase] = Edge.all.map { edge in
    .single(edge.name, .none) {
        let (first, second) = edge.makeSides()
        try inTasks(first, second)
    }
}

/// Runs two tasks in a pool, the first of them submitted first.
private func inTasks(_ first: @escaping @Sendable () throws -> Void, _ second: @escaping @Sendable () throws -> Void)
    throws
{
    try withThreadPool(workers: 2) { pool in
        let futures = [pool.submit(first), pool.submit(second)]
        for future in futures { try future.value() }
    }
}

private func inTwoTasks(_ body: @escaping @Sendable () throws -> Void) throws { try inTasks(body, body) }
