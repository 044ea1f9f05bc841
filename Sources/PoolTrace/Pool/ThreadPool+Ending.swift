extension ThreadPool {
    /// Closes the pool to new tasks from outside; its own tasks may still submit to it.
    public func close() { core.close() }

    /// Waits until every task has ended.
    ///
    /// - Throws: `PoolError.joinedWhileOpen` before `close`; `PoolError.joinedFromInside` inside a task of this pool.
    public func join() throws { try core.join() }

    /// Closes the pool and cancels the tasks that have not started; does not wait for running tasks.
    public func terminate() {
        Scheduling.point()
        core.terminate()
        Scheduling.point()
    }

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
