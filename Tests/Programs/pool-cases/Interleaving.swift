import Foundation
import Glibc
import PoolTrace
import Synchronization

/// What two tasks have done, in order: each says its letter before a point and after it.
private final class Log: Sendable {
    private let text = Synchronization.Mutex("")

    func add(_ letter: String) { text.withLock { $0 += letter } }
    var all: String { text.withLock { $0 } }
}

/// Two tasks that each come to a point of a kind between their two letters: `aA` and `bB`, in whatever order.
func interleaving() throws {
    let words = CommandLine.arguments.dropFirst(2)
    let (kind, who) = (words.first ?? "", words.dropFirst().first ?? "tasks")
    let log = Log()
    let pool = try ThreadPool(name: "points", workers: 2)
    let other = try ThreadPool(name: "other", workers: 2)
    let lock = RecursiveLock()
    let semaphore = Semaphore(2)
    let bounded = try ThreadPool(name: "bounded", workers: 1, configuration: .init(queueLimit: 1))
    let barrier = Barrier(2)
    let point: @Sendable () throws -> Void
    switch kind {
    case "submit": point = { pool.execute {} }
    case "value": point = { try other.submit {}.value() }
    case "timed value": point = { try other.submit {}.value(timeout: .seconds(60)) }
    case "error": point = { _ = try other.submit {}.error() }
    case "map": point = { _ = try other.map(0..<2) { $0 } }
    case "completed": point = { for _ in asCompleted([other.submit {}, other.submit {}]) {} }
    case "scope": point = { try withThreadPool(workers: 1) { inner in inner.execute {} } }
    case "full queue": point = { for _ in 1...3 { bounded.execute {} } }
    case "both": point = { _ = try other.both(1, 2) { number, _ in number } }
    case "lock": point = { try lock.withLock {} }
    case "semaphore":
        point = {
            semaphore.acquire()
            try semaphore.release()
        }
    case "barrier": point = { _ = try barrier.wait() }
    default: throw Broken(part: 0)
    }
    let say: @Sendable (String) throws -> Void = { letter in
        log.add(letter)
        try point()
        log.add(letter.uppercased())
    }
    switch who {
    case "tasks":
        let tasks = ["a", "b"].map { pool.submit(name: "task", input: $0, say) }
        for task in tasks { try task.value() }
    case "threads":
        let threads = ["a", "b"].map { letter in TracedThread { try say(letter) } }
        for thread in threads { try thread.start() }
        for thread in threads { try thread.join() }
    case "main":
        let task = pool.submit(name: "task") { try say("a") }
        try say("b")
        try task.value()
    default: throw Broken(part: 1)
    }
    for pool in [pool, other, bounded] { try pool.shutdown() }
    print(log.all)
}

/// One waits for an event for so many milliseconds at most, which a task sets after some points; says whether it came.
func limited() throws {
    let words = CommandLine.arguments.dropFirst(2)
    let limit = Duration.milliseconds(words.first.flatMap { Int($0) } ?? 10)
    let pool = try ThreadPool(workers: 3)
    let event = Event()
    let setter = pool.submit(name: "setter") {
        for _ in 1...5 { try pool.submit(name: "part") {}.value() }
        event.set()
    }
    let wait: @Sendable () throws -> Bool = {
        words.last == "future" ? (try? setter.value(timeout: limit)) != nil : event.wait(timeout: limit)
    }
    let hasCome: Bool
    switch words.dropFirst().first {
    case "task": hasCome = try pool.submit(name: "waiter", wait).value()
    case "thread":
        let told = Promise<Bool>(name: "told")
        let thread = TracedThread { try told.succeed(wait()) }
        try thread.start()
        hasCome = try told.future.value()
        try thread.join()
    default: hasCome = try wait()
    }
    try pool.shutdown()
    print(hasCome ? "came" : "too late")
    if !hasCome { exit(3) }
}

/// Tasks that wait in the middle for what main does only once it has had another: with one stack for all they would
/// wait for ever.
func awaitingMain() throws {
    let pool = try ThreadPool(workers: 2)
    let promise = Promise<Int>(name: "later")
    let items = Condition([Int]())
    let future = promise.future
    let waiting = pool.submit(name: "waits for main") { try future.value() }
    let consumer = pool.submit(name: "consumer") { () -> Int in
        var sum = 0
        while let item = items.wait(for: { $0.isEmpty ? nil : $0.removeFirst() }), item != 0 { sum += item }
        return sum
    }
    let other = pool.submit(name: "other") { 1 }
    print("other", try other.value())
    for item in [3, 4, 0] {
        items.withLock { $0.append(item) }
        items.notify()
    }
    print("consumer", try consumer.value())
    try promise.succeed(5)
    print("waited", try waiting.value())
    try pool.shutdown()
}

/// A task and a thread take two locks, each in its own order, and meet in the middle: `body` takes the second.
private func takeBothLocks(
    _ body: @escaping @Sendable (RecursiveLock) throws -> Void
) throws -> (task: Future<Void>, thread: TracedThread, pool: ThreadPool) {
    let pool = try ThreadPool(name: "stuck", workers: 2)
    let (first, second) = (RecursiveLock(), RecursiveLock())
    let (hasFirst, hasSecond) = (Event(), Event())
    let task = pool.submit(name: "first, second") {
        try first.withLock {
            hasFirst.set()
            hasSecond.wait()
            try body(second)
        }
    }
    let thread = TracedThread(name: "second, first") {
        try second.withLock {
            hasSecond.set()
            hasFirst.wait()
            try body(first)
        }
    }
    try thread.start()
    return (task, thread, pool)
}

/// Whoever closes the circle is told, and gives its lock back; the other goes on.
func circle() throws {
    let (task, thread, pool) = try takeBothLocks { try $0.withLock {} }
    let errors = [try task.error(), Swift.Result { try thread.join() }.failure].compactMap { $0 as? TaskFailure }
    for error in errors { print(error.error) }
    try pool.shutdown()
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}

/// Both wait for ever, and main for them.
func deadlocked() throws {
    let (task, thread, _) = try takeBothLocks { $0.acquire() }
    try task.value()
    try thread.join()
}

/// Main waits for a signal that came before it did.
func lostSignal() throws {
    let pool = try ThreadPool(workers: 1)
    let queue = Condition([Int]())
    try pool.submit(name: "signaller") { queue.notify() }.value()
    queue.withLock { $0.append(1) }
    _ = queue.wait { $0.count < 2 ? nil : $0 }
}

/// How many threads the process has at each step of tasks that wait for tasks, by the kernel's account; with the word
/// `beside`, one of them waits for what no task that it waits for brings about.
func ownThread() throws {
    let counts = Condition(Set<Int>())
    let look: @Sendable () -> Void = {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
        counts.withLock { _ = $0.insert(threads) }
    }
    let pool = try ThreadPool(workers: 2)
    let event = Event()
    let tasks = (0..<4).map { number in
        pool.submit(name: "outer") {
            look()
            try pool.submit(name: "inner") { look() }.value()
            if number == 2, CommandLine.arguments.last == "beside" { event.wait() }
            look()
        }
    }
    pool.execute(name: "setter") { event.set() }
    for task in tasks.reversed() { try task.value() }
    _ = try pool.map(0..<10) { _ in look() }
    try pool.shutdown()
    print("threads", counts.withLock { $0.sorted() })
}
