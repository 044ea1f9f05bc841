import CPoolRecorder
import PoolModel

/// State that threads change in turns and wait for: what a condition variable and its lock are in other languages.
///
/// ```swift
/// let queue = Condition([Line]())
/// queue.withLock { $0.append(line) }
/// queue.notify()
/// // elsewhere: the first line, once there is one
/// let line = queue.wait { $0.isEmpty ? nil : $0.removeFirst() }
/// ```
///
/// A wait inside a pool's task lets the pool go on: a substitute stands in for its worker, and in serial mode other
/// tasks run meanwhile. A wait on Dispatch's or Foundation's primitives keeps its worker.
///
/// What Python's `threading` has, and where it is:
///
/// | `threading` | here |
/// | --- | --- |
/// | `Lock` | `Mutex` of `Synchronization`, in the toolchain |
/// | `RLock` | ``RecursiveLock`` |
/// | `Condition` | ``Condition`` |
/// | `Semaphore`, `BoundedSemaphore` | ``Semaphore`` |
/// | `Event` | ``Event`` |
/// | `Barrier` | ``Barrier`` |
/// | `Timer` | ``TracedTimer`` |
/// | `local` | ``ThreadLocal`` |
/// | counters and flags without waiting | `Atomic` of `Synchronization`, in the toolchain |
public final class Condition<State>: @unchecked Sendable {
    private struct Shared {
        var state: State
        /// Who waits, the first to come first.
        var parked: [Parker] = []
    }

    private let shared: Guarded<Shared>

    /// Begins with `state`.
    public init(_ state: sending State) {
        shared = Guarded(Shared(state: state))
    }

    /// Runs `body` with the state, one caller at a time.
    ///
    /// Who waits does not look again before `notify` or `notifyAll`. Not to be called inside `body`.
    public func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        Scheduling.point()
        // Others may go on before it, and after it, when they see what it did.
        defer { Scheduling.point() }
        return try guarded { (shared) throws(Failure) in try body(&shared.state) }
    }

    /// Runs `body` with the state, and then lets some of those that wait look again.
    ///
    /// - Parameter count: How many, asked for after `body`.
    func change<Result>(
        notifying count: @autoclosure () -> Int, _ body: (inout State) throws -> Result
    ) rethrows -> Result {
        Scheduling.point()
        defer { Scheduling.point() }
        let result = try guarded { try body(&$0.state) }
        wake(count())
        return result
    }

    /// Waits until `body` has a result.
    ///
    /// - Parameters:
    ///   - timeout: The maximum wait; without it, no limit.
    ///   - body: Called with the state, one caller at a time, at once and after each `notify`; `nil`: go on waiting.
    /// - Returns: The result; `nil` if the time was over.
    public func wait<Result>(timeout: Duration? = nil, for body: (inout State) -> Result?) -> Result? {
        wait(timeout: timeout, parking: { $0() }, for: body)
    }

    /// The same, where `parking` calls what it is given, which waits, or throws before it does.
    func wait<Result>(
        timeout: Duration?, parking: (() -> Bool) throws -> Bool, for body: (inout State) -> Result?
    ) rethrows -> Result? {
        Scheduling.point()
        defer { Scheduling.point() }
        let deadline = timeout.map { Scheduling.now.advanced(by: $0) }
        let parker = ThreadState.current.parker
        while true {
            let result = guarded { shared -> Result? in
                if let result = body(&shared.state) { return result }
                parker.prepare()
                shared.parked.append(parker)
                return nil
            }
            if let result { return result }
            let isSignalled: Bool
            do {
                isSignalled = try parking { Scheduling.park(on: parker, until: deadline) }
            } catch {
                if !withdraw(parker) { wake(1) }
                throw error
            }
            if isSignalled { continue }
            let isWithdrawn = withdraw(parker)
            // Notified at the same moment: its signal is on the way, and must not hit the next wait.
            if !isWithdrawn { _ = parker.wait() }
            let last = guarded { body(&$0.state) }
            // Another waiter may use the signal that this wait was given and left.
            if last == nil, !isWithdrawn { wake(1) }
            return last
        }
    }

    /// Runs code of the program's with the state.
    ///
    /// A serial run stops in none of its locks: who looks at the state next would block.
    private func guarded<Result, Failure: Error>(
        _ body: (inout Shared) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pooltrace_thread().pointee.guards += 1
        defer { pooltrace_thread().pointee.guards -= 1 }
        return try shared.withLock { (state) throws(Failure) in
            RaceDetection.acquire(self)
            defer { RaceDetection.release(self) }
            return try body(&state)
        }
    }

    /// Forgets somebody who waits; false if it has been told to look again.
    private func withdraw(_ parker: Parker) -> Bool {
        shared.withLock { shared in
            guard let place = shared.parked.firstIndex(where: { $0 === parker }) else { return false }
            shared.parked.remove(at: place)
            return true
        }
    }

    /// The state, for who only looks at it.
    var current: State { shared.withLock { $0.state } }

    /// Wakes some waiters, those that have waited longest first.
    public func notify(_ count: Int = 1) {
        if wake(count) { Scheduling.point() }
    }

    /// Whether there was anybody to wake.
    @discardableResult
    private func wake(_ count: Int) -> Bool {
        let woken = shared.withLock { shared in
            let woken = shared.parked.prefix(max(0, count))
            shared.parked.removeFirst(woken.count)
            return woken
        }
        for parker in woken { parker.signal() }
        return !woken.isEmpty
    }

    /// Wakes all waiters.
    public func notifyAll() { notify(.max) }

    /// How many threads wait.
    var waiters: Int { shared.withLock { $0.parked.count } }
}
