import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// How a task's body ended.
enum Ending {
    case succeeded
    /// It threw; for a map, in which element.
    case failed(TaskFailure, index: UInt64)
    /// It was asked to stop, and threw `CancellationError`.
    case cancelled(index: UInt64)

    /// The element that has no value, and why: without a failure it was cancelled.
    var withoutValue: (failure: TaskFailure?, index: UInt64)? {
        switch self {
        case .succeeded: nil
        case .failed(let failure, let index): (failure, index)
        case .cancelled(let index): (nil, index)
        }
    }
}

extension PoolCore {
    /// Runs a job that was taken from the queue, and gives up what it owns.
    func run(_ job: Job, on worker: Worker) {
        if isCancelling.load(ordering: .relaxed) { return cancel(job, on: worker) }
        if configuration.queueLimit != nil, job.kind != .segment { makeSpace() }
        switch job.kind {
        case .closure:
            // What the body holds is released inside the task, like anything else that it does.
            _ = perform(
                job, on: worker, awaitable: nil, input: { _ in nil },
                body: {
                    worker.spent.keepMemory(of: job.context, from: worker.lastLane)
                    var job = job
                    try job.takeBody().call()
                })
            job.releaseParent()
        case .future:
            let future = Unmanaged<AnyFuture>.fromOpaque(job.contextPointer)
            future._withUnsafeGuaranteedRef {
                if $0.claim() { run($0, on: worker, isOutermost: true) }
            }
            // The last reference releases the value, and may run the program's code: not while this worker alone is to
            // look for work.
            if worker.isSearching { worker.keepUntilSearched(future) } else { future.release() }
        case .chunk:
            let map = Unmanaged<Map>.fromOpaque(job.contextPointer).takeRetainedValue()
            map.runChunk(Int(job.index), of: self, on: worker)
        case .segment: runSegment(job, on: worker)
        }
        worker.countCompleted()
    }

    /// Drops a job without running it: its task ends as cancelled.
    func cancel(_ job: Job, on worker: Worker) {
        if job.kind == .segment {
            cancelSegment(job, on: worker)
            return worker.countCompleted()
        }
        if configuration.queueLimit != nil { makeSpace() }
        if isBroken.load(ordering: .acquiring) {
            refuse(job)
            return worker.countCompleted()
        }
        switch job.kind {
        case .closure:
            var job = job
            _ = job.takeBody()
            Self.recordCancelled(job.task, by: 0)
            job.releaseParent()
        case .future:
            Unmanaged<AnyFuture>.fromOpaque(job.contextPointer).takeRetainedValue().cancel(on: worker)
        case .chunk:
            let map = Unmanaged<Map>.fromOpaque(job.contextPointer).takeRetainedValue()
            map.cancelChunk(Int(job.index))
        case .segment: break
        }
        worker.countCompleted()
    }

    /// Runs a future's body, which the caller has claimed.
    ///
    /// - Parameter isOutermost: Whether the worker has nothing else to get on with afterwards: no task below on the
    ///   same stack waits for it.
    func run(_ future: AnyFuture, on worker: Worker, isOutermost: Bool = false) {
        let ending = perform(
            future.job, on: worker, awaitable: Unmanaged.passUnretained(future), input: { _ in future.taskInput },
            body: { try future.runBody() })
        if isOutermost { prepareToSearch(worker) }
        future.finish(ending, on: worker)
    }

    /// Runs one task's body between its start and its end, or the bodies of several elements of a map, and explains a
    /// failure.
    ///
    /// Not inlined: the walk of the stack from a throw ends at this function's frame.
    ///
    /// - Parameter input: What an element of a map, or the task, works on.
    /// - Returns: How it ended, and with which element.
    @inline(never)
    func perform(
        _ job: Job, on worker: Worker, awaitable: Unmanaged<Awaitable>?, input: (UInt64) -> TaskInput?,
        body: () throws -> Void
    ) -> Ending {
        let last = worker.lastStamp
        let start: UInt64
        if last != 0, last >= job.submitted {
            // The end of the task before is the start of this one, unless this one was submitted since.
            start = last
        } else {
            start = pooltrace_clock_now()
            startTime(at: start, of: worker)
        }
        if pooltrace_is_recording() { pooltrace_record_task_start(start, job.task, worker.id) }
        var ending = Ending.succeeded
        TaskContext.run(
            job, start: start, worker: worker, core: Unmanaged.passUnretained(self), awaitable: awaitable
        ) { context in
            let below = Inspection.enter(worker, showing: context)
            if job.task == breakTask { Breakpoint.reach() }
            do {
                try body()
            } catch {
                // The task ends here: what its failure costs is our own time, which LTTng, with its own stamps, would
                // count as the task's.
                let end = pooltrace_clock_now()
                let job = context.pointee.job
                let isCancelled = error is CancellationError && context.pointee.isAskedToStop
                recordEnd(job.task, isCancelled ? POOLTRACE_CANCELLED : POOLTRACE_FAILED, on: worker, at: end)
                Inspection.leave(worker, below: below)
                if isCancelled {
                    ending = .cancelled(index: job.index)
                } else {
                    ending = .failed(
                        explain(
                            error, of: job, started: context.pointee.start, at: end, on: worker,
                            input: input(job.index)),
                        index: job.index)
                }
            }
            if case .succeeded = ending { Inspection.leave(worker, below: below) }
        }
        guard case .succeeded = ending else {
            worker.lastStamp = 0
            return ending
        }
        let end = pooltrace_clock_now()
        // Where another task waits below this one, that goes on now: its time is not the next task's.
        worker.lastStamp = TaskContext.current == nil ? end : 0
        recordEnd(job.task, POOLTRACE_SUCCEEDED, on: worker, at: end)
        return .succeeded
    }

    @inline(__always)
    private func recordEnd(_ task: UInt64, _ outcome: pooltrace_outcome, on worker: Worker, at stamp: UInt64) {
        if pooltrace_is_recording() {
            pooltrace_time_ends(stamp, worker.id)
            pooltrace_record_task_end(stamp, task, UInt8(outcome.rawValue))
        }
    }

    /// A task begins on the calling thread, which runs tasks for the worker.
    @inline(__always)
    func startTime(at stamp: UInt64, of worker: Worker) {
        if TaskContext.current == nil {
            pooltrace_time_begins(stamp)
        } else {
            // What waits below has had the time until now.
            pooltrace_time_ends(stamp, worker.id)
        }
    }

    static func recordCancelled(_ task: UInt64, by canceller: UInt64) {
        guard pooltrace_is_recording() else { return }
        let stamp = pooltrace_clock_now()
        pooltrace_record_task_cancel(stamp, task, canceller)
        pooltrace_record_task_end(stamp, task, UInt8(POOLTRACE_CANCELLED.rawValue))
    }
}
