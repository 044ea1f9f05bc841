/// A flag that threads wait for: Python's `threading.Event`.
public final class Event: Sendable {
    private struct State {
        var isSet = false
        /// How often it was set: who came before goes on, also if it was cleared again meanwhile.
        var sets: UInt64 = 0
    }

    private let condition = Condition(State())

    /// A flag that is not set.
    public init() {}

    /// Whether it is set.
    public var isSet: Bool { condition.withLock { $0.isSet } }

    /// Sets the flag and wakes all waiters, even if it is cleared at once.
    public func set() {
        condition.change(notifying: .max) { state in
            state.isSet = true
            state.sets &+= 1
        }
    }

    /// Clears the flag: later waits wait for the next `set`.
    public func clear() { condition.withLock { $0.isSet = false } }

    /// Waits until it is set.
    ///
    /// - Parameter timeout: The maximum wait; without it, no limit.
    /// - Returns: Whether it was set in time.
    @discardableResult
    public func wait(timeout: Duration? = nil) -> Bool {
        var setsBefore: UInt64?
        return condition.wait(timeout: timeout) { state in
            let before = setsBefore ?? state.sets
            setsBefore = before
            return state.isSet || state.sets != before ? true : nil
        } ?? false
    }
}
