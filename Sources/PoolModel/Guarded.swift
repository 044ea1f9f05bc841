internal import CRealCalls
internal import Glibc

/// A value and the lock that guards it.
///
/// `Synchronization.Mutex` would do, but ThreadSanitizer does not see it on Linux and reports everything it guards; it
/// knows pthread's mutex. No hot path takes one.
///
/// It lies among values because both columns use it, and `PoolSymbols`, which they share: a module for one lock would
/// be one more import in each of those files, and nothing else.
public final class Guarded<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    // Memory of its own: a stored `Void` would lie at the address of whatever comes after this object, which
    // ThreadSanitizer would blame.
    private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    /// Guards a value.
    public init(_ value: sending Value) {
        self.value.initialize(to: value)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    /// Runs `body` with the value, one caller at a time.
    public func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pooltrace_real_mutex_lock(mutex)
        defer { pooltrace_real_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }
}
