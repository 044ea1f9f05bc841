import CPoolRecorder
import PoolModel
import PoolRecorder

/// What the futures of all types have in common: the handle on a task that was submitted.
public class AnyFuture: Awaitable, @unchecked Sendable {
    /// Written before the phase says that it failed.
    private(set) var failure: TaskFailure?

    /// The task's path, `main.3.1`.
    public var path: String {
        TaskNode.path(parent: job.parentNode, ordinal: job.ordinal, index: job.index).description
    }

    // MARK: Overridden by the typed futures

    /// Runs the body and keeps its value.
    func performBody() throws {}

    /// What the body works on, as text.
    func inputText(_ policy: Settings.Input) -> String? { nil }

    // MARK: Running

    /// Hands the task to the pool.
    func enqueue(in core: PoolCore) {
        var ticket = job
        ticket.context = UInt(bitPattern: Unmanaged.passRetained(self).toOpaque())
        core.enqueue(ticket)
    }

    /// Ends it, after its body has returned or thrown.
    func finish(_ failure: TaskFailure?) {
        self.failure = failure
        end(failure == nil ? Phase.succeeded : Phase.failed)
    }

    /// Ends it as failed without it having run.
    func fail(_ failure: TaskFailure) {
        guard claim() else { return }
        finish(failure)
    }

    override func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool {
        guard mayRunHere else { return false }
        if Scheduling.isOver(for: context) { return cancel() }
        return runIfUnstarted(on: context.pointee.worker.takeUnretainedValue())
    }

    override func runInSerial() -> Bool {
        runIfUnstarted(on: core.takeUnretainedValue().worker(at: 0))
    }

    private func runIfUnstarted(on worker: Worker) -> Bool {
        guard claim() else { return false }
        worker.lastStamp = 0
        core.takeUnretainedValue().run(self, on: worker)
        Scheduling.didRun(job.task)
        return true
    }
}

// MARK: - What everybody may ask

extension AnyFuture {
    /// Whether the task has ended: its value, its failure or its cancellation can be had without waiting.
    public var isDone: Bool {
        Scheduling.poll(self)
        return hasEnded
    }

    /// Whether the task has started and not ended.
    public var isRunning: Bool {
        Scheduling.poll(self)
        return phase == Phase.running
    }

    /// Whether the task was cancelled before it started.
    public var isCancelled: Bool { phase == Phase.cancelled }

    /// Cancels the task if it has not started; a task that runs goes on.
    ///
    /// - Returns: Whether the task will never run. Waiting for it throws `CancellationError`.
    @discardableResult
    public func cancel() -> Bool {
        guard claim(as: Phase.cancelled) else { return isCancelled }
        PoolCore.recordCancelled(job.task, by: Submitter.currentTask)
        discardBody()
        return true
    }

    /// Waits until the task has ended.
    func wait(timeout: Duration?) throws {
        let deadline = timeout.map { ContinuousClock.now.advanced(by: $0) }
        if try !wait(until: deadline) { throw TimeoutError(task: path, timeout: timeout ?? .zero) }
    }

    func wait() async {
        let waiter = Submitter.currentTask
        if pooltrace_is_recording() { pooltrace_record_wait_start(pooltrace_clock_now(), waiter, job.task) }
        await Scheduling.wait(asyncFor: self)
        if pooltrace_is_recording() { pooltrace_record_wait_end(pooltrace_clock_now(), waiter, job.task) }
    }

    /// The failure, which counts as retrieved from now on; `nil` after success.
    func retrieveFailure() -> (any Error)? {
        switch phase {
        case Phase.failed:
            failure?.isRetrieved = true
            return failure
        case Phase.cancelled: return CancellationError()
        default: return nil
        }
    }

    /// Waits until the task has ended, and says what it threw.
    ///
    /// - Parameter timeout: How long to wait at most; without it, as long as it takes.
    /// - Returns: A `TaskFailure` if the task threw, a `CancellationError` if it was cancelled, `nil` if it succeeded.
    /// - Throws: `TimeoutError`, and `WaitCycleError` where the task waits for the caller.
    public func error(timeout: Duration? = nil) throws -> (any Error)? {
        try wait(timeout: timeout)
        return retrieveFailure()
    }
}
