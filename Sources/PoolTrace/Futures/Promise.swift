import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder

/// A future that is completed by hand, by the holder of this.
///
/// ```swift
/// let answer = Promise<Int>()
/// connection.whenAnswered { number in try? answer.succeed(number) }
/// print(try answer.future.value())
/// ```
///
/// In paths and traces it is a task of its own, a child of its creator. It is completed once. One that is released
/// before leaves a failed future behind, so that nobody waits for ever, or, if nobody has the future either, ends as
/// cancelled.
///
/// Nobody knows who will complete it: a task that waits for it parks. In serial mode what is ready runs meanwhile, on a
/// thread of PoolTrace, and when nothing is left, a notice says what is waited for.
public final class Promise<Value: Sendable>: @unchecked Sendable {
    private var promised: Future<Value>
    /// Where it was completed; 0: not yet.
    private let completed = Guarded<UInt32>(0)

    /// Makes a promise.
    ///
    /// - Parameters:
    ///   - name: What reports and views call it.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    public init(
        name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) {
        Annotations.startRecorder()
        let job = Job.newChild(.future, name: name?.id ?? 0, site: CallSite(file, line, function).number)
        job.recordSubmission(to: 0)
        promised = Future(job: job)
    }

    deinit {
        guard !promised.hasStarted else { return }
        // The future's waiters and callbacks keep it, so there are none.
        if isKnownUniquelyReferenced(&promised) {
            promised.cancel()
        } else if promised.claim() {
            end(with: PromiseError.broken(promise: promised.path, made: promised.site))
        }
    }

    /// What it promises.
    public var future: Future<Value> { promised }

    /// Ends the future with a value.
    ///
    /// - Throws: `PromiseError.alreadyCompleted` the second time, and `PromiseError.cancelled` if the future was
    ///   cancelled.
    public func succeed(
        _ value: Value, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) throws(PromiseError) {
        try succeed(value, at: CallSite(file, line, function))
    }

    fileprivate func succeed(_ value: Value, at site: CallSite) throws(PromiseError) {
        Scheduling.point()
        try complete(at: site.number)
        promised.result.store(value)
        recordEnd(POOLTRACE_SUCCEEDED)
        promised.finish(.succeeded, on: nil)
        Scheduling.point()
    }

    /// Ends the future with an error, which it throws inside a `TaskFailure` to the caller of `value()`.
    ///
    /// - Throws: `PromiseError.alreadyCompleted` the second time, and `PromiseError.cancelled` if the future was
    ///   cancelled.
    public func fail(
        _ error: any Error, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) throws(PromiseError) {
        Scheduling.point()
        try complete(at: CallSite(file, line, function).number)
        end(with: error)
        Scheduling.point()
    }

    /// Ends the future as cancelled, unless it has ended.
    ///
    /// - Returns: Whether it has ended as cancelled.
    @discardableResult
    public func cancel() -> Bool { promised.cancel() }

    /// Takes the right to end the future.
    private func complete(at site: UInt32) throws(PromiseError) {
        let error = completed.withLock { first -> PromiseError? in
            guard first == 0 else {
                return .alreadyCompleted(
                    promise: promised.path, made: promised.site, first: Recorder.knownSite(first),
                    again: Recorder.knownSite(site))
            }
            guard promised.claim() else { return .cancelled(promise: promised.path, made: promised.site) }
            first = site
            return nil
        }
        if let error { throw error }
    }

    private func end(with error: any Error) {
        let failure = PoolCore.failure(of: promised.job, error: error)
        recordEnd(POOLTRACE_FAILED)
        promised.finish(.failed(failure, index: TaskNode.noIndex), on: nil)
    }

    private func recordEnd(_ outcome: pooltrace_outcome) {
        guard pooltrace_is_recording() else { return }
        pooltrace_record_task_end(pooltrace_clock_now(), promised.job.task, UInt8(outcome.rawValue))
    }
}

extension Promise where Value == Void {
    /// Ends the future.
    ///
    /// - Throws: `PromiseError.alreadyCompleted` the second time, and `PromiseError.cancelled` if the future was
    ///   cancelled.
    public func succeed(
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) throws(PromiseError) {
        try succeed((), at: CallSite(file, line, function))
    }
}

extension AnyFuture {
    fileprivate var site: Site { Recorder.knownSite(job.site) }
}
