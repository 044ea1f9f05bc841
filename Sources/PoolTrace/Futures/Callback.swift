import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder

/// What a program wants done when a future has ended: in paths and traces a task of its own, named "callback", a child
/// of the task that asked for it.
///
/// So its submits hang below it, and have the same paths whichever thread runs it and whether the future had ended
/// before: on the worker that ran the future's task, between that task and the next; on the thread that cancelled it or
/// completed the promise, inside the task that did so; or at once on the thread that asked.
struct Callback: @unchecked Sendable {
    private static let name: TaskName = "callback"

    private let job: Job

    private init(at site: CallSite) {
        job = Job.newChild(.closure, name: Self.name.id, site: site.number)
        job.recordSubmission(to: 0)
    }

    /// Registers `body`, which `future` need not be kept alive for.
    static func register(
        on future: AnyFuture, at site: CallSite,
        _ body: @escaping @Sendable () -> Void
    ) {
        let callback = Callback(at: site)
        let context = PoolHooks.context(forCallbackOf: future)
        let body: @Sendable () -> Void = if let context { { context.run(body) } } else { body }
        RaceDetection.didSubmit(callback.job.task)
        WaitingRoom.callBack(future) { worker in
            RaceDetection.acquire(future)
            RaceDetection.begins(callback.job.task)
            // A future that a worker has ended belongs to its pool, which is alive as long as that worker has not gone
            // on.
            if let worker, let core = future.core {
                callback.run(on: worker, of: core, body)
            } else {
                callback.run(body)
            }
            callback.job.releaseParent()
        }
    }

    private func run(on worker: Worker, of core: Unmanaged<PoolCore>, _ body: () -> Void) {
        core._withUnsafeGuaranteedRef { core in
            // Others may have to run what the callback waits for.
            if worker.isSearching { core.foundWork(worker) }
            _ = core.perform(job, on: worker, awaitable: nil, input: { _ in nil }, body: body)
        }
    }

    /// Runs it on a thread that may be nobody's worker.
    private func run(_ body: () -> Void) {
        let start = pooltrace_clock_now()
        if pooltrace_is_recording(), let worker = TaskContext.current?.pointee.worker {
            pooltrace_record_task_start(start, job.task, worker.id)
        }
        TaskContext.run(job, start: start, worker: nil, core: nil, awaitable: nil) { _ in body() }
        if pooltrace_is_recording() {
            pooltrace_record_task_end(pooltrace_clock_now(), job.task, UInt8(POOLTRACE_SUCCEEDED.rawValue))
        }
    }
}
