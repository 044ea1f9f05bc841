import Glibc

/// A lock that its holder may take again: Python's `threading.RLock`.
///
/// Where the holder never takes it again, `Synchronization.Mutex` costs less.
public final class RecursiveLock: Sendable {
    private struct Hold {
        var owner: UInt
        var depth: Int
    }

    private let condition = Condition<Hold?>(nil)

    /// A lock that nobody holds.
    public init() {}

    /// Takes it, waiting while another thread holds it.
    ///
    /// - Parameter timeout: How long to wait at most, `.zero` to look only; without it, as long as it takes.
    /// - Returns: Whether the calling thread holds it, once more.
    @discardableResult
    public func acquire(timeout: Duration? = nil) -> Bool {
        let own = UInt(pthread_self())
        let taken: Void? = condition.wait(timeout: timeout) { hold in
            guard let current = hold else {
                hold = Hold(owner: own, depth: 1)
                return ()
            }
            guard current.owner == own else { return nil }
            hold?.depth += 1
            return ()
        }
        return taken != nil
    }

    /// Gives it back once; free for others when it was given back as often as it was taken.
    ///
    /// - Throws: `ThreadError.notHeld` on a thread that does not hold it.
    public func release() throws {
        var isFree = false
        try condition.change(notifying: isFree ? 1 : 0) { hold in
            guard let current = hold, current.owner == UInt(pthread_self()) else {
                throw ThreadError.notHeld(thread: TracedThread.current.name)
            }
            hold = current.depth == 1 ? nil : Hold(owner: current.owner, depth: current.depth - 1)
            isFree = hold == nil
        }
    }

    /// Runs `body` with the lock held.
    public func withLock<Result>(_ body: () throws -> Result) throws -> Result {
        acquire()
        let result = Swift.Result { try body() }
        try release()
        return try result.get()
    }
}
