import Dispatch
import Foundation
import Glibc
import PoolTrace
import Synchronization

/// What clocks show around sleeps, limits and loops that look at them: exact numbers with the word `exact`.
///
/// Fails if anything is wrong.
func clocks() throws {
    let isExact = CommandLine.arguments.last == "exact"
    var isRight = true
    func check(_ what: String, _ duration: Duration, atLeast least: Duration) {
        let holds = duration >= least && duration < least + .seconds(5)
        isRight = isRight && holds
        print(what, isExact ? "\(duration)" : holds ? "right" : "\(duration)")
    }
    func check(_ what: String, _ holds: Bool) {
        isRight = isRight && holds
        print(what, holds)
    }
    let pool = try ThreadPool(workers: 6)
    var start = ContinuousClock.now
    try pool.submit { _ = usleep(20_000) }.value()
    check("a task's sleep", start.duration(to: .now), atLeast: .milliseconds(20))
    start = .now
    usleep(30_000)
    check("main's sleep", start.duration(to: .now), atLeast: .milliseconds(30))
    let long = pool.submit { _ = sleep(10) }
    start = .now
    check("times out", (try? long.value(timeout: .milliseconds(50))) == nil)
    check("a limit", start.duration(to: .now), atLeast: .milliseconds(50))
    start = .now
    var looks = 0
    while start.duration(to: .now) < .milliseconds(20) { looks += 1 }
    check("a loop ends", looks > 0)
    let order = Synchronization.Mutex<[Int]>([])
    let sleepers = [40, 10, 30, 20].map { milliseconds in
        pool.submit {
            usleep(UInt32(milliseconds) * 1000)
            order.withLock { $0.append(milliseconds) }
        }
    }
    for sleeper in sleepers { _ = try sleeper.value() }
    if isExact { print("sleepers", order.withLock { $0 }) }
    let timer = Event()
    start = .now
    let later = TracedTimer(after: .milliseconds(25)) { timer.set() }
    try later.start()
    check("a timer fires", timer.wait(timeout: .seconds(5)))
    check("a timer", start.duration(to: .now), atLeast: .milliseconds(25))
    try later.thread.join()
    try long.value()
    try pool.shutdown()
    if !isRight { exit(3) }
}

/// The same of what is not PoolTrace's: limits of the C library's and Foundation's conditions, semaphores and timers of
/// Dispatch.
func foreignClocks() throws {
    func check(_ what: String, _ body: () -> Duration?) {
        let start = ContinuousClock.now
        let wanted = body()
        let duration = start.duration(to: .now)
        let holds = wanted.map { duration >= $0 && duration < $0 + .seconds(5) } ?? false
        print(what, holds ? "right" : "\(duration)")
        if !holds { exit(3) }
    }
    let pool = try ThreadPool(workers: 2)
    let run: (@escaping @Sendable () -> Bool) -> Bool = { body in (try? pool.submit(body).value()) ?? false }
    check("NSCondition") {
        run {
            let condition = NSCondition()
            condition.lock()
            defer { condition.unlock() }
            return condition.wait(until: Date(timeIntervalSinceNow: 0.03))
        } ? nil : .milliseconds(30)
    }
    check("a semaphore") {
        run { DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(20)) == .timedOut }
            ? .milliseconds(20) : nil
    }
    check("Thread.sleep") {
        run {
            Foundation.Thread.sleep(forTimeInterval: 0.02)
            return true
        } ? .milliseconds(20) : nil
    }
    // From here on a thread of Dispatch's is there.
    check("asyncAfter") {
        run {
            let semaphore = DispatchSemaphore(value: 0)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(40)) { semaphore.signal() }
            return semaphore.wait(timeout: .now() + .seconds(4)) == .success
        } ? .milliseconds(40) : nil
    }
    check("a sleep beside it") {
        usleep(30_000)
        return .milliseconds(30)
    }
    check("a limit beside it") {
        Event().wait(timeout: .milliseconds(30)) ? nil : .milliseconds(30)
    }
    try pool.shutdown()
}
