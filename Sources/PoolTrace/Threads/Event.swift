/// A flag that threads wait for: Python's `threading.Event`.
public final class Event: Sendable {
    private let condition = Condition(false)

    /// A flag that is not set.
    public init() {}

    /// Whether it is set.
    public var isSet: Bool { condition.withLock { $0 } }

    /// Sets it: everybody who waits goes on.
    public func set() {
        condition.withLock { $0 = true }
        condition.notifyAll()
    }

    /// Takes it back: who waits from now on waits for the next `set`.
    public func clear() { condition.withLock { $0 = false } }

    /// Waits until it is set.
    ///
    /// - Parameter timeout: How long to wait at most; without it, as long as it takes.
    /// - Returns: Whether it was set in time.
    @discardableResult
    public func wait(timeout: Duration? = nil) -> Bool {
        condition.wait(timeout: timeout) { $0 ? true : nil } ?? false
    }
}
