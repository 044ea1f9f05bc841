/// A pool runs async tasks that prefer it: `withTaskExecutorPreference(pool) { ... }`, `Task(executorPreference: pool)
/// { ... }` and what is started inside.
///
/// A task is run in segments, each from one `await` that suspends it to the next, by the pool's workers and by way of
/// its queue, so an `await` blocks no worker; in serial mode the holder of the baton runs them, in the order that the
/// strategy says. Segments do not count for the pool's `queueLimit`. Each task has a path and a parent, and its
/// submission, start, suspensions and end are recorded. A pool that was shut down hands the segments of tasks that
/// still prefer it to Swift's own pool.
extension ThreadPool: TaskExecutor {
    /// Takes a segment of an async task; called by Swift.
    public func enqueue(_ job: consuming ExecutorJob) {
        core.enqueue(UnownedJob(job), at: SegmentPlace(self))
    }
}
