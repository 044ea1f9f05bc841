import Dispatch
import Foundation
import PoolTrace
import Synchronization

/// A lock that is not PoolTrace's.
private protocol ForeignLock: Sendable {
    func lock()
    func unlock()
}

extension NSLock: ForeignLock {}
extension NSRecursiveLock: ForeignLock {}
extension NSCondition: ForeignLock {}

private final class SystemMutex: ForeignLock, @unchecked Sendable {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init(kind: Int = Int(PTHREAD_MUTEX_NORMAL)) {
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(kind))
        pthread_mutex_init(mutex, &attributes)
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
}

private final class WriteLock: ForeignLock, @unchecked Sendable {
    let lock_ = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

    init() { pthread_rwlock_init(lock_, nil) }

    func lock() { pthread_rwlock_wrlock(lock_) }
    func unlock() { pthread_rwlock_unlock(lock_) }
}

private final class SystemSemaphore: ForeignLock, @unchecked Sendable {
    let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 1) }

    func lock() { sem_wait(semaphore) }
    func unlock() { sem_post(semaphore) }
}

extension DispatchSemaphore: ForeignLock {
    func lock() { wait() }
    func unlock() { signal() }
}

/// The kinds that are taken and given back by calls.
private let makers: [String: @Sendable () -> any ForeignLock] = [
    "mutex": { SystemMutex() }, "recursive": { SystemMutex(kind: Int(PTHREAD_MUTEX_RECURSIVE)) },
    "errorcheck": { SystemMutex(kind: Int(PTHREAD_MUTEX_ERRORCHECK)) }, "rwlock": { WriteLock() },
    "semaphore": { SystemSemaphore() }, "NSLock": { NSLock() }, "NSRecursiveLock": { NSRecursiveLock() },
    "NSCondition": { NSCondition() }, "DispatchSemaphore": { DispatchSemaphore(value: 1) },
]

private enum Lazy {
    static let value: Int = {
        body?()
        return 0
    }()
    /// What its initializer does.
    nonisolated(unsafe) static var body: (() -> Void)?
}

private struct Slow: CustomStringConvertible {
    let rest: @Sendable () -> Void
    var description: String {
        rest()
        return "slow"
    }
}

/// Three tasks go through a section that one may be in at a time, and wait for a task inside: `locks KIND`.
///
/// Prints how often the section was left, and how many were inside at most.
func locks() throws {
    let kind = CommandLine.arguments.last ?? ""
    let pool = try ThreadPool(workers: 3)
    let rest: @Sendable () -> Void = { try? pool.submit {}.value() }
    let counts = Synchronization.Mutex((inside: 0, most: 0, left: 0))
    let inside: @Sendable () -> Void = {
        counts.withLock {
            $0.inside += 1
            $0.most = max($0.most, $0.inside)
        }
        rest()
        counts.withLock {
            $0.inside -= 1
            $0.left += 1
        }
    }
    let section: @Sendable () -> Void
    switch kind {
    case "queue":
        let queue = DispatchQueue(label: "section")
        section = { queue.sync { inside() } }
    case "Mutex":
        let mutex = Shared(0)
        section = { mutex.value.withLock { _ in inside() } }
    case "once":
        let control = Control()
        section = {
            control.run(inside)
        }
    case "lazy":
        Lazy.body = inside
        section = { if Lazy.value > 0 { inside() } }
    case "print": section = { print(Slow(rest: inside)) }
    default:
        guard let lock = makers[kind]?() else { fatalError("no kind: \(kind)") }
        section = {
            lock.lock()
            inside()
            lock.unlock()
        }
    }
    let tasks = (0..<3).map { _ in pool.submit(section) }
    for task in tasks { try task.value() }
    try pool.shutdown()
    counts.withLock { print("left \($0.left), at most \($0.most) inside") }
}

private final class Shared: Sendable {
    let value: Synchronization.Mutex<Int>

    init(_ value: Int) { self.value = .init(value) }
}

/// What the C library does once; its routine takes no argument.
private final class Control: @unchecked Sendable {
    private let control = UnsafeMutablePointer<pthread_once_t>.allocate(capacity: 1)
    nonisolated(unsafe) private static var body: (@Sendable () -> Void)?

    init() { control.initialize(to: 0) }

    func run(_ body: @escaping @Sendable () -> Void) {
        Self.body = body
        pthread_once(control) { Control.body?() }
    }
}

/// Two tasks take two locks in opposite order: `opposite-locks KIND`; with the word `Mutex` they wait in between.
func oppositeLocks() throws {
    let kind = CommandLine.arguments.last ?? ""
    let pool = try ThreadPool(workers: 2)
    if kind == "Mutex" {
        let (left, right) = (Shared(0), Shared(0))
        let rest: @Sendable () -> Void = { try? pool.submit {}.value() }
        let one = pool.submit(name: "left") {
            left.value.withLock { _ in
                rest()
                right.value.withLock { $0 += 1 }
            }
        }
        let other = pool.submit(name: "right") {
            right.value.withLock { _ in
                rest()
                left.value.withLock { $0 += 1 }
            }
        }
        try one.value()
        try other.value()
    } else {
        guard let (left, right) = makers[kind].map({ ($0(), $0()) }) else { fatalError("no kind: \(kind)") }
        let one = pool.submit(name: "left") {
            left.lock()
            right.lock()
            right.unlock()
            left.unlock()
        }
        let other = pool.submit(name: "right") {
            right.lock()
            left.lock()
            left.unlock()
            right.unlock()
        }
        try one.value()
        try other.value()
    }
    print("done")
}

/// Two tasks add one each; with the word `two` each reads in one section and writes in another: `sections KIND [two]`.
func sections() throws {
    let words = CommandLine.arguments.dropFirst(2)
    guard let lock = words.first.flatMap({ makers[$0]?() }) else { fatalError("no kind: \(words)") }
    let hasTwo = words.last == "two"
    let pool = try ThreadPool(workers: 2)
    let count = Atomic<Int>(0)
    let tasks = (0..<2).map { _ in
        pool.submit {
            lock.lock()
            let value = count.load(ordering: .relaxed)
            if hasTwo {
                lock.unlock()
                lock.lock()
            }
            count.store(value + 1, ordering: .relaxed)
            lock.unlock()
        }
    }
    for task in tasks { try task.value() }
    guard count.load(ordering: .relaxed) == 2 else {
        print("an addition is lost")
        exit(3)
    }
}

/// What locks answer that are not free, and waits with a limit.
func lockAnswers() throws {
    let pool = try ThreadPool(workers: 3)
    let rest: @Sendable () -> Void = { try? pool.submit {}.value() }
    let plain = SystemMutex()
    let recursive = SystemMutex(kind: Int(PTHREAD_MUTEX_RECURSIVE))
    let checking = SystemMutex(kind: Int(PTHREAD_MUTEX_ERRORCHECK))
    let holder = pool.submit {
        for lock in [plain, recursive, checking] { lock.lock() }
        print("twice", pthread_mutex_lock(recursive.mutex) == 0, pthread_mutex_lock(checking.mutex) == EDEADLK)
        recursive.unlock()
        _ = usleep(50_000)
        for lock in [plain, recursive, checking] { lock.unlock() }
    }
    let other = pool.submit {
        _ = usleep(10_000)
        print("held", [plain, recursive, checking].map { pthread_mutex_trylock($0.mutex) == EBUSY })
        print("not its own", pthread_mutex_unlock(checking.mutex) == EPERM)
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_nsec += 10_000_000
        if end.tv_nsec >= 1_000_000_000 { (end.tv_sec, end.tv_nsec) = (end.tv_sec + 1, end.tv_nsec - 1_000_000_000) }
        print("in time", pthread_mutex_timedlock(plain.mutex, &end) == 0)
        end.tv_sec += 1
        print("in time", pthread_mutex_timedlock(plain.mutex, &end) == 0)
        plain.unlock()
    }
    try holder.value()
    try other.value()
    let condition = NSCondition()
    let semaphore = DispatchSemaphore(value: 0)
    let waits = pool.submit {
        condition.lock()
        print("signalled", condition.wait(until: Date(timeIntervalSinceNow: 0.02)))
        print("signalled", condition.wait(until: Date(timeIntervalSinceNow: 5)))
        condition.unlock()
        print("signalled", semaphore.wait(timeout: .now() + 0.02) == .success)
        print("signalled", semaphore.wait(timeout: .now() + 5) == .success)
    }
    let signals = pool.submit {
        _ = usleep(100_000)
        condition.signal()
        rest()
        _ = usleep(100_000)
        semaphore.signal()
    }
    try waits.value()
    try signals.value()
}

/// A task waits for what a thread of Dispatch's signals; another takes a lock that it has.
func wokenFromOutside() throws {
    let pool = try ThreadPool(workers: 2)
    let semaphore = DispatchSemaphore(value: 0)
    let waits = pool.submit {
        semaphore.wait()
        return 1
    }
    DispatchQueue.global().async { semaphore.signal() }
    print("woken", try waits.value())
    let lock = NSLock()
    lock.lock()
    let wants = pool.submit {
        lock.lock()
        return 2
    }
    print("others", try pool.submit { 3 }.value())
    lock.unlock()
    print("main's lock", try wants.value())
}

/// A task takes a lock that it has.
func takenTwice() throws {
    let pool = try ThreadPool(workers: 1)
    let lock = NSLock()
    try pool.submit(name: "twice") {
        lock.lock()
        lock.lock()
    }.value()
}
