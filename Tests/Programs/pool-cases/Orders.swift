import CPoolRecorder
import Glibc
import PoolTrace
import Synchronization

/// Nested submits, cancels, waits and closes: the results are the same in every order.
func order() throws {
    let pool = try ThreadPool(name: "wide", workers: 2)
    let narrow = try ThreadPool(name: "narrow", workers: 1)
    let outer = (0..<4).map { number in
        pool.submit(name: "outer", input: number) { number in
            let inner = (0..<2).map { part in pool.submit(name: "inner", input: part) { number * 10 + $0 } }
            return try inner.map { try $0.value() }.reduce(0, +)
        }
    }
    let cancelled = narrow.submit(name: "canceller") {
        // The one worker of this pool is busy with this task, so what it submits cannot have started.
        let doomed = (0..<3).map { part in narrow.submit(name: "doomed", input: part) { $0 } }
        return doomed.filter { $0.cancel() }.count
    }
    let waiter = narrow.submit(name: "waiter") { try outer.map { try $0.value() }.reduce(0, +) }
    let squares = try pool.map(0..<5, name: "square") { $0 * $0 }
    pool.close()
    try pool.join()
    print("outer", try outer.map { try $0.value() })
    print("cancelled", try cancelled.value())
    print("waiter", try waiter.value())
    print("squares", squares)
    try narrow.shutdown()
    try pool.shutdown()
}

/// The most tasks that were running at once, and the threads that ran them.
func oneAtATime() throws {
    let running = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    let strangers = Atomic<Int>(0)
    let main = pooltrace_thread_id()
    let pool = try ThreadPool(workers: 3)
    _ = try pool.map(0..<50) { _ in
        let now = running.add(1, ordering: .sequentiallyConsistent).newValue
        _ = most.max(now, ordering: .sequentiallyConsistent)
        if pooltrace_thread_id() != main { strangers.add(1, ordering: .relaxed) }
        sched_yield()
        running.subtract(1, ordering: .sequentiallyConsistent)
    }
    try pool.shutdown()
    print("most", most.load(ordering: .relaxed), "strangers", strangers.load(ordering: .relaxed))
}

/// An `await` runs the task on the awaiting thread.
func awaiting() async throws {
    let pool = try ThreadPool(workers: 2)
    let task = pool.submit { pooltrace_thread_id() }
    let before = pooltrace_thread_id()
    let ran = try await task.value()
    print("same thread", before == ran)
    try await pool.shutdown()
}

/// Each poll runs one step.
func poll() throws {
    let count = Counter()
    let pool = try ThreadPool(workers: 2)
    let tasks = (0..<5).map { _ in pool.submit { count.add() } }
    var seen: [Int] = [count.value]
    for _ in 0..<3 {
        _ = tasks[4].isDone
        seen.append(count.value)
    }
    _ = tasks[4].isRunning
    seen.append(count.value)
    print("ran", seen)
    try pool.shutdown()
}

/// A wait with a timeout runs one step at least, and ends by itself once its task has.
func timed() throws {
    let count = Counter()
    let pool = try ThreadPool(workers: 2)
    let tasks = (0..<3).map { _ in pool.submit { count.add() } }
    do {
        _ = try tasks[2].value(timeout: .zero)
        print("no timeout")
    } catch let timeout as TimeoutError {
        print("timeout of", timeout.task, "ran", count.value)
    }
    try tasks[2].value(timeout: .seconds(60))
    print("ran", count.value)
    try pool.shutdown()
}

/// A submit into a full queue runs tasks, or waits until they have run.
func bounded() throws {
    let count = Counter()
    let pool = try ThreadPool(workers: 1, configuration: PoolConfiguration(queueLimit: 2))
    for _ in 0..<6 { pool.execute { count.add() } }
    print("ran before the wait", count.value >= 3)
    try pool.shutdown()
    print("ran", count.value)
}

/// A submit runs its task before it returns.
func inlined() throws {
    let count = Counter()
    let pool = try ThreadPool(workers: 2)
    pool.execute { count.add() }
    print("ran", count.value)
    let nested = pool.submit {
        pool.execute { count.add() }
        return count.value
    }
    print("nested ran", try nested.value())
    try pool.shutdown()
}

/// The depth of the stack at each of many tasks, one after the other.
func stacks() throws {
    let places = Places()
    let pool = try ThreadPool(workers: 2)
    for _ in 0..<10_000 {
        pool.execute { places.note(Int(bitPattern: pooltrace_frame_address())) }
    }
    pool.close()
    try pool.join()
    print("spread", places.spread)
    try pool.shutdown()
}

/// A count that tasks add to.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.add(1, ordering: .relaxed) }
}

/// The lowest and highest place on the stack that tasks saw.
final class Places: Sendable {
    private let lowest = Atomic<Int>(.max)
    private let highest = Atomic<Int>(0)
    var spread: Int { highest.load(ordering: .relaxed) - lowest.load(ordering: .relaxed) }
    func note(_ place: Int) {
        _ = lowest.min(place, ordering: .relaxed)
        _ = highest.max(place, ordering: .relaxed)
    }
}

/// Money that is enough for one payment: each checks, waits for a task, and acts, so that in an order in which two see
/// it, it is spent twice.
private final class Purse: Sendable {
    private let money = Synchronization.Mutex(100)
    private let pool: ThreadPool

    init(_ pool: ThreadPool) { self.pool = pool }

    var left: Int { money.withLock { $0 } }

    func pay(_ number: Int) throws {
        let seen = left
        // As long as it takes for another to look, where they run beside each other.
        try pool.submit(name: "approve", input: number) { _ in
            let start = ContinuousClock.now
            while start.duration(to: .now) < .milliseconds(1) {}
        }.value()
        if seen >= 80 { money.withLock { $0 -= 80 } }
    }
}

private func race(_ payTwice: (ThreadPool, Purse) throws -> Void) throws {
    let pool = try ThreadPool(name: "bank", workers: 4)
    let purse = Purse(pool)
    try payTwice(pool, purse)
    try pool.shutdown()
    print("left", purse.left)
    if purse.left < 0 { exit(1) }
}

/// The payments are tasks.
func racer() throws {
    try race { pool, purse in
        let payments = (0..<2).map { pool.submit(name: "pay", input: $0) { try purse.pay($0) } }
        for payment in payments { try payment.value() }
    }
}

/// They are elements of a map, which a task waits for.
func racingElements() throws {
    try race { pool, purse in
        try pool.submit { _ = try pool.map(0..<2, name: "pay") { try purse.pay($0) } }.value()
    }
}

/// They are threads.
func racingThreads() throws {
    try race { _, purse in
        let threads = (0..<2).map { number in TracedThread(name: "pay-\(number)") { try purse.pay(number) } }
        for thread in threads { try thread.start() }
        for thread in threads { try thread.join() }
    }
}
