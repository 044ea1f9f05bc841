import Glibc
import PoolTrace

/// Blocks in a system call, spins, and waits for another task, until the process is killed.
///
/// Prints "blocked" once all of them do.
func stalls() throws {
    let limit: Duration? = getenv("STALL_LIMIT") == nil ? nil : .milliseconds(50)
    let pool = try ThreadPool(name: "stalls", workers: 3, configuration: PoolConfiguration(stallLimit: limit))
    let ready = Total()
    let sleeper = pool.submit(name: "sleeper") { sleepsInACall(ready) }
    pool.execute(name: "spinner") { spinsInALoop(ready) }
    let waiter = pool.submit(name: "waiter") {
        while ready.value < 2 { sched_yield() }
        ready.add(1)
        try sleeper.value()
    }
    while ready.value < 3 { sched_yield() }
    print("blocked")
    fflush(nil)
    try waiter.value()
}

@inline(never)
private func sleepsInACall(_ ready: Total) {
    ready.add(1)
    while ready.value > 0 { usleep(20_000) }
    last()
}

@inline(never)
private func spinsInALoop(_ ready: Total) {
    ready.add(1)
    while ready.value > 0 { sched_yield() }
    last()
}

/// Keeps the loops above from being the last of their functions, which would have no frame.
@inline(never)
private func last() {}
