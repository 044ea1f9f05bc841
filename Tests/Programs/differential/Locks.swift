import Dispatch
import Foundation
import PoolTrace

/// A lock of some kind.
protocol PlannedLock: Sendable {
    /// Takes it; false if that was given up, or the limit came first.
    func take(within limit: Duration?) -> Bool
    func giveBack()
}

/// A flag of some kind, which is set for good.
protocol PlannedFlag: Sendable {
    func set()
    /// Waits for it; false if that was given up, or the limit came first.
    func wait(within limit: Duration?) -> Bool
}

/// A semaphore of some kind, with one permit.
protocol PlannedSemaphore: Sendable {
    func take(within limit: Duration?) -> Bool
    func giveBack()
}

extension RecursiveLock: PlannedLock {
    func take(within limit: Duration?) -> Bool { acquire(timeout: limit) }
    func giveBack() { try? release() }
}

extension Event: PlannedFlag {
    func wait(within limit: Duration?) -> Bool { wait(timeout: limit) }
}

extension PoolTrace.Semaphore: PlannedSemaphore {
    func take(within limit: Duration?) -> Bool { acquire(timeout: limit) }
    func giveBack() { try? release() }
}

/// A clock's time after some duration.
private func time(after duration: Duration, of clock: clockid_t) -> timespec {
    var now = timespec()
    clock_gettime(clock, &now)
    let nanoseconds = Int(duration / .nanoseconds(1)) + now.tv_nsec
    return timespec(tv_sec: now.tv_sec + nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
}

private func date(after duration: Duration) -> Date { Date(timeIntervalSinceNow: duration / .seconds(1)) }

/// A mutex of the C library's.
final class SystemLock: PlannedLock, @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() { pthread_mutex_init(mutex, nil) }

    deinit { mutex.deallocate() }

    func take(within limit: Duration?) -> Bool {
        guard let limit else { return pthread_mutex_lock(mutex) == 0 }
        var end = time(after: limit, of: CLOCK_REALTIME)
        return pthread_mutex_timedlock(mutex, &end) == 0
    }

    func giveBack() { pthread_mutex_unlock(mutex) }
}

extension NSLock: PlannedLock {
    func take(within limit: Duration?) -> Bool {
        guard let limit else {
            lock()
            return true
        }
        return lock(before: date(after: limit))
    }

    func giveBack() { unlock() }
}

/// A flag that a mutex and a condition of the C library's guard.
final class SystemFlag: PlannedFlag, @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isSet = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        mutex.deallocate()
        condition.deallocate()
    }

    func set() {
        pthread_mutex_lock(mutex)
        isSet = true
        pthread_mutex_unlock(mutex)
        pthread_cond_broadcast(condition)
    }

    func wait(within limit: Duration?) -> Bool {
        let end = limit.map { time(after: $0, of: CLOCK_REALTIME) }
        guard pthread_mutex_lock(mutex) == 0 else { return false }
        defer { pthread_mutex_unlock(mutex) }
        while !isSet {
            if var end {
                if pthread_cond_timedwait(condition, mutex, &end) != 0 { return isSet }
            } else if pthread_cond_wait(condition, mutex) != 0 || World.isOver {
                return isSet
            }
        }
        return true
    }
}

/// A flag that Foundation's condition guards.
final class FoundationFlag: PlannedFlag, @unchecked Sendable {
    private let condition = NSCondition()
    private var isSet = false

    func set() {
        condition.lock()
        isSet = true
        condition.broadcast()
        condition.unlock()
    }

    func wait(within limit: Duration?) -> Bool {
        let end = limit.map { date(after: $0) }
        condition.lock()
        defer { condition.unlock() }
        while !isSet {
            if let end {
                if !condition.wait(until: end) { return isSet }
            } else {
                condition.wait()
                if World.isOver { return isSet }
            }
        }
        return true
    }
}

/// A semaphore of the C library's.
final class SystemSemaphore: PlannedSemaphore, @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 1) }

    deinit { semaphore.deallocate() }

    func take(within limit: Duration?) -> Bool {
        guard let limit else { return sem_wait(semaphore) == 0 }
        var end = time(after: limit, of: CLOCK_REALTIME)
        return sem_timedwait(semaphore, &end) == 0
    }

    func giveBack() { sem_post(semaphore) }
}

/// One of Dispatch's, which may be released with fewer permits than it began with only if it began with none.
final class QueueSemaphore: PlannedSemaphore {
    private let semaphore = DispatchSemaphore(value: 0)

    init() { semaphore.signal() }

    func take(within limit: Duration?) -> Bool {
        guard let limit else {
            semaphore.wait()
            return true
        }
        return semaphore.wait(timeout: .now() + .nanoseconds(Int(limit / .nanoseconds(1)))) == .success
    }

    func giveBack() { semaphore.signal() }
}

/// What is done once, by the C library, whose routine takes no argument.
final class Once: @unchecked Sendable {
    private let control = UnsafeMutablePointer<pthread_once_t>.allocate(capacity: 1)
    /// What the calling thread would do.
    private static let body = ThreadLocal<(() -> Void)?>(nil)

    init() { control.initialize(to: 0) }

    deinit { control.deallocate() }

    func run(_ body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            Self.body.value = body
            pthread_once(control) { Once.body.value?() }
            Self.body.value = nil
        }
    }
}
