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
    let kind = CommandLine.arguments.dropFirst(2).first ?? ""
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
    let tasks = ["a", "b"].map { letter in
        pool.submit(name: "task", input: letter) { letter in
            log.add(letter)
            try point()
            log.add(letter.uppercased())
        }
    }
    for task in tasks { try task.value() }
    for pool in [pool, other, bounded] { try pool.shutdown() }
    print(log.all)
}
