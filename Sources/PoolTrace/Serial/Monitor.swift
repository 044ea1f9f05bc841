import CPoolRecorder
import Glibc

/// A mutex and a condition in one: what the baton's holders and waiters meet at.
final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    // For what returns so much that to hand it through a closure costs more than the rest.
    func lock() { pthread_mutex_lock(mutex) }

    func unlock() { pthread_mutex_unlock(mutex) }

    /// Gives the lock back until somebody calls `notifyAll`, or at most for `limit`.
    ///
    /// Inside `withLock`.
    func wait(atMost limit: Duration? = nil) {
        guard let limit else {
            pthread_cond_wait(condition, mutex)
            return
        }
        pooltrace_condition_wait(condition, mutex, limit.nanoseconds)
    }

    func notifyAll() { pthread_cond_broadcast(condition) }
}
