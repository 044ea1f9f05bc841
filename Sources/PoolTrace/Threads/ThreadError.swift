/// Errors of threads themselves, not of their bodies.
public enum ThreadError: Error, Equatable, Sendable {
    /// `start` was called on a thread that had been started.
    case startedTwice(thread: String)
    /// `join` was called on a thread that was never started: it would wait for ever.
    case notStarted(thread: String)
    /// `join` was called on the main thread, or on one that another library started: they end when they like.
    case notJoinable(thread: String)
    /// The system gave no thread; the code is an `errno`.
    case noThread(thread: String, code: Int32)
    /// A lock was released by a thread that does not hold it.
    case notHeld(thread: String)
    /// A bounded semaphore was released more often than it was acquired.
    case releasedTooOften(bound: Int)
    /// A barrier was aborted or reset, or one of its threads gave up after its timeout.
    case brokenBarrier
}

extension ThreadError: CustomStringConvertible {
    /// A sentence that says what happened and what was expected.
    public var description: String {
        switch self {
        case .startedTwice(let thread): "thread \"\(thread)\" was started twice; a thread runs once"
        case .notStarted(let thread): "thread \"\(thread)\" was joined before it was started, and would never end"
        case .notJoinable(let thread): "thread \"\(thread)\" was not started as a TracedThread and cannot be joined"
        case .noThread(let thread, let code): "thread \"\(thread)\" could not be started (errno \(code))"
        case .notHeld(let thread): "thread \"\(thread)\" released a lock that it does not hold"
        case .releasedTooOften(let bound): "a semaphore was released more often than acquired; its bound is \(bound)"
        case .brokenBarrier: "the barrier is broken: it was aborted or reset, or a thread gave up waiting at it"
        }
    }
}
