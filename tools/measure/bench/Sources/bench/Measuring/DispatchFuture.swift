import Dispatch
import Synchronization

/// A future on Dispatch that does what PoolTrace's does: a body that may throw, a value kept, one waiter that parks.
///
/// One allocation besides the body's, one exchange to end, one compare-and-swap to wait: nothing that it could do
/// without.
final class DispatchFuture<Value: Sendable>: @unchecked Sendable {
    private static var pending: UInt { 0 }
    private static var done: UInt { 1 }

    /// `pending`, `done`, or the address of the waiter's semaphore.
    private let state = Atomic<UInt>(DispatchFuture.pending)
    private var body: (@Sendable () throws -> Value)?
    /// Written before the state says that it is done.
    private var result: Result<Value, any Error>?

    init(body: @escaping @Sendable () throws -> Value) { self.body = body }

    /// Runs the body, once.
    func run() {
        guard let body = body.take() else { return }
        do { result = .success(try body()) } catch { result = .failure(error) }
        let waiter = state.exchange(Self.done, ordering: .acquiringAndReleasing)
        if let semaphore = UnsafeRawPointer(bitPattern: waiter) {
            Unmanaged<DispatchSemaphore>.fromOpaque(semaphore).takeUnretainedValue().signal()
        }
    }

    /// Waits until the body has run.
    ///
    /// The semaphore is the calling thread's, and no other wait uses it meanwhile.
    func value(parkingOn semaphore: DispatchSemaphore) throws -> Value {
        if state.load(ordering: .acquiring) != Self.done {
            let bits = UInt(bitPattern: Unmanaged.passUnretained(semaphore).toOpaque())
            let (mustPark, _) = state.compareExchange(
                expected: Self.pending, desired: bits, ordering: .acquiringAndReleasing)
            if mustPark { semaphore.wait() }
        }
        guard let result else { throw BenchError("a future is done without a result") }
        return try result.get()
    }
}
