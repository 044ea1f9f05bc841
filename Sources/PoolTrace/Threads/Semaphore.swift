/// A semaphore: permits that threads acquire and release.
///
/// In a file that imports Glibc or Foundation its type is `PoolTrace.Semaphore`: Glibc has a `Semaphore`, too.
public final class Semaphore: Sendable {
    private let condition: Condition<Int>
    private let bound: Int?

    /// A semaphore with `value` permits.
    ///
    /// - Parameters:
    ///   - value: How many permits there are, at least 0.
    ///   - isBounded: Whether giving back more permits than were taken is an error.
    public init(_ value: Int = 1, isBounded: Bool = false) {
        condition = Condition(max(0, value))
        bound = isBounded ? max(0, value) : nil
    }

    /// Acquires a permit, waiting until there is one.
    ///
    /// - Parameter timeout: The maximum wait, `.zero` to only try; without it, no limit.
    /// - Returns: Whether there was one in time.
    @discardableResult
    public func acquire(timeout: Duration? = nil) -> Bool {
        let taken: Void? = condition.wait(timeout: timeout) { permits in
            guard permits > 0 else { return nil }
            permits -= 1
            return ()
        }
        return taken != nil
    }

    /// Releases permits.
    ///
    /// - Throws: `ThreadError.releasedTooOften` if it is bounded and there would be more than at the beginning; then
    ///   none is given back.
    public func release(_ count: Int = 1) throws {
        try condition.change(notifying: count) { permits in
            let (sum, isTooLarge) = permits.addingReportingOverflow(max(0, count))
            let most = bound ?? .max
            guard !isTooLarge, sum <= most else { throw ThreadError.releasedTooOften(bound: most) }
            permits = sum
        }
    }

    /// Runs `body` with a permit.
    public func withPermit<Result>(_ body: () throws -> Result) throws -> Result {
        acquire()
        let result = Swift.Result { try body() }
        try release()
        return try result.get()
    }
}
