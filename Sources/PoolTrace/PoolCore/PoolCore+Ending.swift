import CPoolRecorder
import PoolRecorder
import Synchronization

extension PoolCore {
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
}
