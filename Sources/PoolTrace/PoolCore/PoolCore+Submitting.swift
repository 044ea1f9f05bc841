import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

extension PoolCore {
    /// Submits a fire-and-forget task.
    @inline(__always)
    func execute(
        name: TaskName?, priority: ThreadPool.Priority, at site: CallSite,
        _ body: consuming @escaping @Sendable () throws -> Void
    ) {
        // First, as a number is kept in one register.
        let site = site.number
        guard takesTasks else { return refuse(name: name, site: site) }
        var job = Job.newChild(.closure, name: name?.id ?? 0, site: site)
        job.recordSubmission(to: number)
        job.priority = priority
        job.store(body)
        if hooks != nil { wrap(&job) }
        enqueue(job)
    }

    /// Has a closure run with what its submit brings along; out of line, since hardly any pool needs it.
    @inline(never)
    private func wrap(_ job: inout Job) {
        guard let task = hooks?.submit(name: job.name) else { return }
        let body = job.takeBody()
        job.store { try task.run(body.call) }
    }

    /// The same for a future.
    @inline(never)
    func wrap(_ future: AnyFuture) {
        if let task = hooks?.submit(name: future.job.name) { future.wrap(in: task) }
    }

    /// Hands a future's task to the workers, or ends it as failed where the pool takes no more.
    @inline(__always)
    func enqueue(_ future: AnyFuture, run: consuming @escaping @Sendable () throws -> Void) {
        guard takesTasks else { return refuse(future) }
        future.job.recordSubmission(to: number)
        if hooks != nil { wrap(future) }
        // After the ticket is shown nothing here touches the future's reference count, which its worker is about to
        // change.
        enqueue(future.ticket(run))
    }

    /// Hands a job to the workers: to the own deque for a worker of this pool, else by the thread's lane.
    func enqueue(_ job: Job) {
        if configuration.queueLimit != nil { waitForSpace() }
        if job.priority != .normal {
            (job.priority == .high ? urgent : later).push(job)
        } else if let worker = Worker.current(of: self), worker.deque.room > 0 {
            // Only the owner makes a deque fuller, so what fits now fits. It is counted before a thief can have run it:
            // see `isQuiet`.
            worker.countSubmitted()
            _ = worker.deque.push(job)
        } else {
            lane().push(job)
        }
        scheduleNext()
        if isDead.load(ordering: .relaxed) { refuseLeftovers() }
    }
}
