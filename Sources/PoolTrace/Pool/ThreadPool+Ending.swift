import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

extension ThreadPool {
    /// Takes no more tasks from outside; tasks of the pool may still submit to it.
    public func close() { core.close() }

    /// Waits until every task has ended.
    ///
    /// - Throws: `PoolError.joinedWhileOpen` before `close`; `PoolError.joinedFromInside` inside a task of this pool.
    public func join() throws { try core.join() }

    /// Takes no more tasks, and ends as cancelled those that have not started; does not wait for those that run.
    public func terminate() { core.terminate() }

    /// Closes the pool, waits until every task has ended, ends its threads, and reports the failures that nobody
    /// retrieved.
    ///
    /// - Parameter cancelQueued: Whether tasks that have not started end as cancelled.
    /// - Throws: `PoolError.joinedFromInside` inside a task of this pool.
    public func shutdown(cancelQueued: Bool = false) throws {
        try core.refuseFromInside()
        if cancelQueued { core.terminate() } else { core.close() }
        try core.join()
        core.end()
    }

    /// Closes the pool, waits until every task has ended, ends its threads, and reports the failures that nobody
    /// retrieved; blocks no thread of Swift's own pool.
    ///
    /// - Parameter cancelQueued: Whether tasks that have not started end as cancelled.
    /// - Throws: `PoolError.joinedFromInside` inside a task of this pool.
    public func shutdown(cancelQueued: Bool = false) async throws {
        // An actor that a worker runs may have got a caller from anywhere, which leaves the worker as it waits.
        if TaskContext.current?.pointee.isActor != true { try core.refuseFromInside() }
        if cancelQueued { core.terminate() } else { core.close() }
        try await Scheduling.elsewhere(name: "shutdown", once: { self.core.isQuiet }) { try self.end() }
    }

    private func end() throws { try shutdown() }
}

extension PoolCore {
    /// Whether whoever runs on this thread may submit: anybody while the pool is open, its own tasks until it has
    /// ended.
    var takesTasks: Bool {
        if isBroken.load(ordering: .relaxed) { return false }
        return !isClosed.load(ordering: .acquiring) || TaskContext.current?.pointee.isOf(self) == true
    }

    /// Why it takes no more.
    var refusalError: PoolError {
        isBroken.load(ordering: .acquiring) ? .initializerFailed(pool: name) : .closed(pool: name)
    }

    func terminate() {
        isCancelling.store(true, ordering: .releasing)
        close()
        asyncTasks.cancelAll()
    }

    func close() { isClosed.store(true, ordering: .releasing) }

    func join() throws {
        guard isClosed.load(ordering: .acquiring) else { throw PoolError.joinedWhileOpen(pool: name) }
        try refuseFromInside()
        waitForAll()
    }

    /// Throws inside a task of this pool, and on its workers between two tasks: what a task held may have a `deinit`
    /// that ends the pool.
    func refuseFromInside() throws {
        guard Worker.current(of: self) == nil, TaskContext.current?.pointee.isOf(self) != true else {
            throw PoolError.joinedFromInside(pool: name)
        }
    }

    /// After `join`: ends the threads and reports.
    func end() {
        guard !hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        isStopping.store(true, ordering: .releasing)
        wakeAll()
        let threads = idle.withLock { idle in
            defer { idle.threads = [] }
            return idle.threads
        }
        for thread in threads { thread.join() }
        hooks?.startRefusing()
        isDead.store(true, ordering: .sequentiallyConsistent)
        joiners.admitAll()
        refuseLeftovers()
        AsyncTask.forgetVisitors(of: self)
        Recorder.definitionsCheck()
        PoolRegistry.reportUnretrieved(pool: number)
        pooltrace_record_pool_end(pooltrace_clock_now(), number)
        PoolRegistry.remove(self)
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
            _ = refusal(of: job, input: nil)
            job.releaseParent()
        case .future:
            let future = Unmanaged<AnyFuture>.fromOpaque(job.contextPointer).takeRetainedValue()
            future.fail(refusal(of: future.job, input: future.inputText(configuration.inputs)))
        case .chunk:
            let map = Unmanaged<Map>.fromOpaque(job.contextPointer).takeRetainedValue()
            map.refuseChunk(Int(job.index), refusal(of: map.job, input: nil))
        case .segment: forward(job)
        }
    }

    /// The handle is gone: the workers end by themselves once nothing is queued.
    func abandon() {
        close()
        guard !hasEnded.load(ordering: .acquiring) else { return }
        isStopping.store(true, ordering: .releasing)
        wakeAll()
        let threads = idle.withLock { idle in
            defer { idle.threads = [] }
            return idle.threads
        }
        for thread in threads { thread.detach() }
        forgetIfAbandoned()
    }

    /// Called when the handle is gone and by each worker as it leaves: nobody else ends such a pool.
    func forgetIfAbandoned() {
        guard isStopping.load(ordering: .acquiring), !hasEnded.load(ordering: .acquiring), isQuiet else { return }
        PoolRegistry.remove(self)
    }

    /// A submit to a closed pool: a task that fails at once, so that it is reported like any other.
    func refuse(name: TaskName?, site: UInt32) {
        hooks?.refuse(name: name?.id ?? 0)
        let job = makeJob(kind: .closure, name: name?.id ?? 0, site: site)
        _ = refusal(of: job, input: nil)
        job.releaseParent()
    }

    /// Hands a future's task to the workers, or ends it as failed where the pool takes no more.
    @inline(__always)
    func enqueue(_ future: AnyFuture, run: consuming @escaping @Sendable () throws -> Void) {
        guard takesTasks else { return refuse(future) }
        if hooks != nil { wrap(future) }
        // After the ticket is shown nothing here touches the future's reference count, which its worker is about to
        // change.
        enqueue(future.ticket(run))
    }

    /// Ends a future as failed, with the error or since the pool takes no more.
    func refuse(_ future: AnyFuture, _ error: (any Error)? = nil) {
        hooks?.refuse(name: future.job.name)
        future.fail(refusal(of: future.job, error, input: future.inputText(configuration.inputs)))
    }
}

extension TaskContext {
    /// Whether the task, or one that waits for it below on the same stack, belongs to `core`.
    func isOf(_ core: PoolCore) -> Bool {
        self.core?.toOpaque() == Unmanaged.passUnretained(core).toOpaque() || outer?.pointee.isOf(core) == true
    }
}
