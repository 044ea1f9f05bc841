import Synchronization

// A bounded queue: `queued` counts the jobs that wait. It is one counter for the whole pool, so only pools with a bound
// pay for it.
extension PoolCore {
    /// Waits until the queue has room, and takes it.
    ///
    /// A task of this pool never waits here: it would wait for itself.
    func waitForSpace() {
        let isOwnTask = Worker.current(of: self) != nil || TaskContext.current?.pointee.isOf(self) == true
        if !isOwnTask { waitForSpace(below: configuration.queueLimit ?? .max) }
        queued.wrappingAdd(1, ordering: .sequentiallyConsistent)
    }

    /// Called when a job leaves the queue.
    func makeSpace() {
        queued.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        if !submitters.isEmpty { submitters.admitAll() }
    }

    /// Parks the calling thread until fewer than `limit` jobs wait.
    func parkUntilSpace(below limit: Int) {
        submitters.park { queued.load(ordering: .sequentiallyConsistent) < limit }
    }
}
