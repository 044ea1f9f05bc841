import Glibc
import PoolTrace
import Synchronization

private final class Running: Sendable {
    let count = Atomic(0)
}

/// Not by a call that a signal ends.
private func pass(milliseconds: Int) {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < end { usleep(1000) }
}

/// Has both workers of the pool run a task for so long.
private func occupy(_ pool: ThreadPool, milliseconds: Int) {
    let running = Running()
    for _ in 1...2 {
        pool.submit(name: "short") {
            running.count.add(1, ordering: .relaxed)
            pass(milliseconds: milliseconds)
        }
    }
    while running.count.load(ordering: .relaxed) < 2 { sched_yield() }
}

/// Tasks that pass one bound of each kind, or none.
func passBounds(_ kind: String, _ pool: ThreadPool) throws {
    switch kind {
    case "run":
        pool.submit(name: "long") { pass(milliseconds: 700) }
    case "wait":
        occupy(pool, milliseconds: 400)
        pool.submit(name: "late") {}
    case "nested-wait":
        // What a task submits lies with its worker.
        let running = Running()
        for _ in 1...2 {
            pool.submit(name: "spawner") {
                running.count.add(1, ordering: .relaxed)
                while running.count.load(ordering: .relaxed) < 2 { sched_yield() }
                pool.submit(name: "child") {}
                pass(milliseconds: 500)
            }
        }
        // The pool is not to be closed before they submit.
        while running.count.load(ordering: .relaxed) < 2 { sched_yield() }
        pass(milliseconds: 100)
    case "queue":
        occupy(pool, milliseconds: 300)
        for _ in 1...200 { pool.submit(name: "queued") {} }
    case "rate":
        for place in 1...100 {
            let future = pool.submit(name: "some") { if place % 10 == 0 { throw Unreadable(place: place) } }
            _ = try? future.value()
        }
        pass(milliseconds: 300)
    case "map-rate":
        // One of 10,000 elements fails: in few chunks, but not of few tasks.
        _ = try? pool.map(0..<10_000) { if $0 == 5 { throw Unreadable(place: $0) } }
        pass(milliseconds: 300)
    case "again":
        for _ in 1...5 {
            occupy(pool, milliseconds: 200)
            for _ in 1...50 { pool.submit(name: "queued") {} }
            pass(milliseconds: 500)
        }
    default:
        for _ in 1...20 {
            for _ in 1...50 { pool.submit(name: "quick") {} }
            pass(milliseconds: 20)
        }
    }
}
