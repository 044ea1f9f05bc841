import CPoolRecorder
import PoolModel
import PoolRecorder

/// A lock that its holder may take again: Python's `threading.RLock`.
///
/// Where the holder never takes it again, `Synchronization.Mutex` costs less; it does not report cycles, either.
public final class RecursiveLock: Sendable {
    /// Who has it.
    struct Hold: @unchecked Sendable {
        /// The thread ID.
        let thread: UInt32
        var depth = 1
        /// The task that took it, if it was one: to find circles, and looked at only while it is known to wait.
        let context: UnsafeMutablePointer<TaskContext>?
        let task: UInt64
        /// Where it was taken.
        let site: CallSite
    }

    private let condition = Condition<Hold?>(nil)

    /// A lock that nobody holds.
    public init() {}

    /// Acquires the lock, waiting while another thread holds it.
    ///
    /// Where the holder waits for the caller, directly or through others, it waits for ever, which is said on standard
    /// error; `withLock` throws there.
    ///
    /// - Parameters:
    ///   - timeout: The maximum wait, `.zero` to only try; without it, no limit.
    ///   - file: The file of the call, for the report of a cycle of waits.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: Whether the calling thread holds it, once more.
    @discardableResult
    public func acquire(
        timeout: Duration? = nil, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function
    ) -> Bool {
        // A cycle is reported, and waited in.
        (try? take(timeout: timeout, at: CallSite(file, line, function), throwsCircles: false)) ?? false
    }

    private func take(timeout: Duration?, at site: CallSite, throwsCircles: Bool) throws -> Bool {
        let own = pooltrace_own_thread_id()
        let context = TaskContext.currentInPool
        let taken: Void? = try condition.wait(
            timeout: timeout,
            parking: { park in
                guard timeout == nil, let context else { return park() }
                do { return try WaitGraph.waiting(context, for: .lock(self), park) } catch {
                    if throwsCircles { throw error }
                    Notice.write("\(error)")
                    return park()
                }
            },
            for: { hold in
                guard let current = hold else {
                    hold = Hold(
                        thread: own, context: context, task: context?.pointee.job.task ?? 0, site: site)
                    return ()
                }
                guard current.thread == own else { return nil }
                hold?.depth += 1
                return ()
            })
        return taken != nil
    }

    /// Releases the lock once; it is free when it was released as often as acquired.
    ///
    /// - Throws: `ThreadError.notHeld` on a thread that does not hold it.
    public func release() throws {
        var isFree = false
        try condition.change(notifying: isFree ? 1 : 0) { hold in
            guard let current = hold, current.thread == pooltrace_own_thread_id() else {
                throw ThreadError.notHeld(thread: TracedThread.current.name)
            }
            isFree = current.depth == 1
            hold?.depth -= 1
            if isFree { hold = nil }
        }
    }

    /// Runs `body` with the lock held.
    ///
    /// - Throws: What `body` throws; `WaitCycleError` where the holder waits for the caller, directly or through
    ///   others.
    public func withLock<Result>(
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: () throws -> Result
    ) throws -> Result {
        _ = try take(timeout: nil, at: CallSite(file, line, function), throwsCircles: true)
        let result = Swift.Result { try body() }
        try release()
        return try result.get()
    }

    /// Who has it now.
    var hold: Hold? { condition.current }
}
