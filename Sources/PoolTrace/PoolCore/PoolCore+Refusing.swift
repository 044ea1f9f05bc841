import CPoolRecorder
import Synchronization

extension PoolCore {
    /// Whether the code on this thread may submit: anybody while the pool is open, its own tasks until it has
    /// ended.
    var takesTasks: Bool {
        if isBroken.load(ordering: .relaxed) { return false }
        return !isClosed.load(ordering: .acquiring) || TaskContext.current?.pointee.isOf(self) == true
    }

    /// Why it takes no more.
    var refusalError: PoolError {
        isBroken.load(ordering: .acquiring) ? .initializerFailed(pool: name) : .closed(pool: name)
    }

    /// A submit to a closed pool: a task that fails at once, so that it is reported like any other.
    func refuse(name: TaskName?, site: UInt32) {
        hooks?.refuse(name: name?.id ?? 0)
        let job = Job.newChild(.closure, name: name?.id ?? 0, site: site)
        job.recordSubmission(to: number)
        _ = refusal(of: job)
        job.releaseParent()
    }

    /// The same for a future, which fails with the error if there is one.
    func refuse(_ future: AnyFuture, _ error: (any Error)? = nil) {
        future.job.recordSubmission(to: number)
        hooks?.refuse(name: future.job.name)
        future.fail(refusal(of: future.job, error, input: future.taskInput))
    }

    /// Ends, as refused, what was submitted by threads that had found the pool open and came too late.
    ///
    /// A submitter shows its job, passes a full fence (in `scheduleNext`) and looks at `isDead`; `end` sets `isDead`,
    /// passes one and looks at the lanes: one of them sees the other. Claimers take turns, so each job is ended once.
    @inline(never)
    func refuseLeftovers() {
        pooltrace_full_fence()
        var lane = lanes
        while let current = lane {
            while !current.isEmpty {
                var leftovers: [Job] = []
                _ = current.claim(share: 1, limit: .max) { leftovers = Array($0) }
                for job in leftovers { refuse(job) }
            }
            lane = current.next
        }
        while let job = urgent.take() ?? later.take() { refuse(job) }
    }

    /// Ends a job as failed without running it.
    func refuse(_ job: Job) {
        switch job.kind {
        case .closure:
            var job = job
            _ = job.takeBody()
            _ = refusal(of: job)
            job.releaseParent()
        case .future:
            let future = Unmanaged<AnyFuture>.fromOpaque(job.contextPointer).takeRetainedValue()
            future.fail(refusal(of: future.job, input: future.taskInput))
        case .chunk:
            let map = Unmanaged<Map>.fromOpaque(job.contextPointer).takeRetainedValue()
            map.refuseChunk(Int(job.index), refusal(of: map.job))
        case .segment: forward(job)
        }
    }
}
