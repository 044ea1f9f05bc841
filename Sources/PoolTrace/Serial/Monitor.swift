import CPoolRecorder
import CRealCalls
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
    func lock() {
        pooltrace_real_mutex_lock(mutex)
        pooltrace_thread().pointee.monitors += 1
    }

    func unlock() {
        pooltrace_thread().pointee.monitors -= 1
        pooltrace_real_mutex_unlock(mutex)
    }

    /// Gives the lock back until somebody calls `notifyAll`, or at most for `limit`.
    ///
    /// Inside `withLock`.
    func wait(atMost limit: Duration? = nil) {
        pooltrace_real_condition_wait(condition, mutex, limit.map { max(0, $0.nanoseconds) } ?? -1)
    }

    func notifyAll() { pooltrace_real_condition_broadcast(condition) }
}
