/// A call that happens later, on a thread of its own, unless it is cancelled before: Python's `threading.Timer`.
///
/// ```swift
/// let timer = TracedTimer(after: .seconds(30)) { print("still no answer") }
/// try timer.start()
/// // ...
/// timer.cancel()
/// ```
public final class TracedTimer: Sendable {
    private enum Phase {
        case waiting
        case fired
        case cancelled
    }

    private let phase: Condition<Phase>
    /// The thread that waits and calls: for `join`, `isAlive` and the rest.
    public let thread: TracedThread

    /// Describes a call, whose time runs from `start`.
    ///
    /// - Parameters:
    ///   - delay: How long after the start.
    ///   - name: What reports and views call its thread.
    ///   - isDaemon: Whether the process exits without waiting for it; by default as the `TracedThread` that calls
    ///     this, else not.
    ///   - body: What is called.
    public init(
        after delay: Duration, name: String? = nil, isDaemon: Bool? = nil, _ body: @escaping @Sendable () throws -> Void
    ) {
        let phase = Condition(Phase.waiting)
        self.phase = phase
        thread = TracedThread(name: name, isDaemon: isDaemon) {
            guard phase.wait(timeout: delay, for: { $0 == .cancelled ? true : nil }) == nil else { return }
            let isDue = phase.withLock { phase in
                guard phase == .waiting else { return false }
                phase = .fired
                return true
            }
            if isDue { try body() }
        }
    }

    /// Starts the time, once.
    ///
    /// - Throws: `ThreadError.startedTwice`, `ThreadError.noThread`.
    public func start(file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function) throws {
        try thread.start(at: CallSite(file, line, function))
    }

    /// Cancels the call if its time has not come.
    ///
    /// - Returns: Whether it will never happen.
    @discardableResult
    public func cancel() -> Bool {
        phase.change(notifying: .max) { phase in
            if phase == .waiting { phase = .cancelled }
            return phase == .cancelled
        }
    }
}
