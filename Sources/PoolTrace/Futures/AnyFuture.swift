import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// What the futures of all types have in common: the handle on a task that was submitted.
public class AnyFuture: Awaitable, @unchecked Sendable {
    /// Written before the phase says that it failed.
    private(set) var failure: TaskFailure?

    /// The task's path, `main.3.1`.
    public var path: String { job.path.description }

    /// A new task, which is submitted when it is handed to the pool.
    @usableFromInline
    init(in pool: borrowing ThreadPool, name: TaskName?, at site: CallSite) {
        super.init(job: Job.newChild(.future, name: name?.id ?? 0, site: site.number), core: pool.core)
    }

    /// One that `core` runs, or, without one, no pool.
    override init(job: Job, core: PoolCore? = nil) { super.init(job: job, core: core) }

    // MARK: Overridden by the typed futures

    /// Whether who waits may find something of it to run.
    var mayBeRun: Bool { !hasStarted }

    /// Runs the body and keeps its value.
    ///
    /// Only where `job.code` does not say how to do it for the type of the value.
    func performBody() throws {}

    /// Has the body run with what its submit brought along.
    func wrap(in hooks: TaskHooks) {}

    /// What is thrown to the caller of `value()` after a failure, which counts as retrieved from now on.
    func retrieveThrown() -> (any Error)? {
        failure?.isRetrieved = true
        return failure
    }

    /// What the body works on.
    var taskInput: TaskInput? { nil }

    override func input(at place: UInt64) -> TaskInput? { taskInput }

    // MARK: Running

    /// The job that runs this, and owns a reference to it.
    ///
    /// - Parameter run: Runs the body. A closure that captures one object has that object as its context, so that this
    ///   is both.
    func ticket(_ run: consuming @escaping @Sendable () throws -> Void) -> Job {
        var ticket = job
        ticket.store(run)
        if ticket.context == UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()) {
            job.code = ticket.code
        } else {
            _ = ticket.takeBody()
            ticket = job
            ticket.context = UInt(bitPattern: Unmanaged.passRetained(self).toOpaque())
        }
        return ticket
    }

    /// Runs the body the way that the submitter knows for its type, or else the way that works for all types.
    func runBody() throws {
        var ticket = job
        guard ticket.code != 0 else { return try performBody() }
        ticket.context = UInt(bitPattern: Unmanaged.passRetained(self).toOpaque())
        try ticket.takeBody().call()
    }

    /// Ends it, after its body has returned or thrown.
    ///
    /// - Parameter worker: The worker that ran it, if one did.
    func finish(_ ending: Ending, on worker: Worker?) {
        switch ending {
        case .succeeded: end(Phase.succeeded, on: worker)
        case .failed(let failure, _):
            self.failure = failure
            end(Phase.failed, on: worker)
        case .cancelled: end(Phase.cancelled, on: worker)
        }
    }

    /// Ends it as failed without it having run.
    func fail(_ failure: TaskFailure) {
        guard claim() else { return }
        discardBody()
        finish(.failed(failure, index: TaskNode.noIndex), on: nil)
    }

    override var isOneTask: Bool { true }

    override func needs(_ job: Job) -> Bool {
        job.kind == .future && job.contextPointer == Unmanaged.passUnretained(self).toOpaque()
    }

    override func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool {
        guard mayRunHere, let core, let worker = context.pointee.worker else { return false }
        if Scheduling.isOver(for: context) { return cancel(on: worker) }
        return runIfUnstarted(of: core, on: worker)
    }

    override func runInSerial() -> Bool {
        guard let core else { return false }
        return runIfUnstarted(of: core, on: core.takeUnretainedValue().worker(at: 0))
    }

    private func runIfUnstarted(of core: Unmanaged<PoolCore>, on worker: Worker) -> Bool {
        if core._withUnsafeGuaranteedRef({
            $0.isCancelling.load(ordering: .relaxed) && !$0.isBroken.load(ordering: .acquiring)
        }) {
            return cancel(on: worker)
        }
        guard claim() else { return false }
        worker.lastStamp = 0
        core._withUnsafeGuaranteedRef { core in
            // A task that waits for what it submitted last: the ticket would stay queued, and keep all of it in memory,
            // until its worker has nothing better to do.
            let ticket = Unmanaged.passUnretained(self)
            let isTakenBack = worker.deque.pop(ifFor: UInt(bitPattern: ticket.toOpaque()))
            RaceDetection.run(job.task, of: core, on: worker) { core.run(self, on: worker) }
            guard isTakenBack else { return }
            if core.configuration.queueLimit != nil { core.makeSpace() }
            worker.countCompleted()
            ticket.release()
        }
        Scheduling.didRun(job.task)
        return true
    }
}

// MARK: - What everybody may ask

extension AnyFuture {
    /// Whether the task has ended: its value, its failure or its cancellation can be had without waiting.
    public var isDone: Bool {
        Scheduling.poll(self)
        return comesAfter(hasEnded)
    }

    /// Whether the task has started and not ended.
    public var isRunning: Bool {
        Scheduling.poll(self)
        return phase == Phase.running
    }

    /// Whether the task has ended as cancelled: it never started, or it was asked to stop and did.
    public var isCancelled: Bool { phase == Phase.cancelled }

    /// Cancels the task if it has not started; one that runs is asked to stop, which it may do (`CurrentTask`) or not.
    ///
    /// - Returns: Whether the task has ended as cancelled: then waiting for it throws `CancellationError`.
    @discardableResult
    public func cancel() -> Bool {
        Scheduling.point()
        defer { Scheduling.point() }
        return cancel(on: nil)
    }

    /// - Parameter worker: The worker that cancels it, if one does: its thread runs the callbacks.
    @discardableResult
    func cancel(on worker: Worker?) -> Bool {
        guard claim(as: Phase.cancelled) else {
            if askToStop(), pooltrace_is_recording() {
                pooltrace_record_task_cancel(pooltrace_clock_now(), job.task, Submitter.currentTask)
            }
            return isCancelled
        }
        PoolCore.recordCancelled(job.task, by: Submitter.currentTask)
        discardBody()
        tellWaiters(on: worker)
        return true
    }

    /// Waits until the task has ended.
    @usableFromInline
    func wait(timeout: Duration?) throws {
        if hasEnded, !pooltrace_is_recording() { return RaceDetection.acquire(self) }
        let deadline = timeout.map { Scheduling.now.advanced(by: $0) }
        if try !wait(until: deadline) { throw TimeoutError(job, timeout: timeout ?? .zero) }
    }

    @usableFromInline
    func wait(timeout: Duration?) async throws {
        let deadline = timeout.map { Scheduling.now.advanced(by: $0) }
        if await !wait(until: deadline) { throw TimeoutError(job, timeout: timeout ?? .zero) }
    }

    /// The failure, which counts as retrieved from now on; `nil` after success.
    func retrieveFailure() -> (any Error)? {
        switch phase {
        case Phase.failed: return retrieveThrown()
        case Phase.cancelled: return CancellationError()
        default: return nil
        }
    }

    /// What is thrown by a task without a value.
    @usableFromInline
    func endedError() -> any Error {
        guard let error = retrieveFailure() else {
            preconditionFailure("future \(path) has succeeded without a value: a bug in PoolTrace")
        }
        return error
    }

    /// Waits until the task has ended, and returns the error that it threw.
    ///
    /// - Parameter timeout: The maximum wait; without it, no limit.
    /// - Returns: A `TaskFailure` if the task threw, a `CancellationError` if it was cancelled, `nil` if it succeeded.
    /// - Throws: `TimeoutError`, and `WaitCycleError` where the task waits for the caller.
    public func error(timeout: Duration? = nil) throws -> (any Error)? {
        try wait(timeout: timeout)
        return retrieveFailure()
    }

    /// Waits until the task has ended, without blocking a thread, and returns the error that it threw.
    ///
    /// - Parameter timeout: The maximum wait; without it, no limit.
    /// - Returns: A `TaskFailure` if the task threw, a `CancellationError` if it was cancelled, `nil` if it succeeded.
    /// - Throws: `TimeoutError`.
    public func error(timeout: Duration? = nil) async throws -> (any Error)? {
        try await wait(timeout: timeout)
        return retrieveFailure()
    }
}
