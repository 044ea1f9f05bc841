extension ThreadPool {
    /// Which of the waiting tasks of a pool start first.
    ///
    /// A task never starts while one of a higher priority waits; a task that runs is not interrupted.
    public enum Priority: UInt8, Sendable, CaseIterable, Comparable {
        /// When nothing else waits.
        case low
        /// What every task has that does not say otherwise.
        case normal
        /// Before all others.
        case high

        /// Whether a task of the left one waits for tasks of the right one.
        public static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
    }

    /// Submits a task with a priority.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - priority: Among the waiting tasks of this pool.
    ///   - deadline: When it is too late to start: the task then fails with `DeadlineError`. One that runs is asked to
    ///     stop.
    ///   - body: The task.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @discardableResult
    public func submit<Value: Sendable>(
        name: TaskName? = nil, priority: Priority, deadline: ContinuousClock.Instant? = nil,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: consuming @escaping @Sendable () throws -> Value
    ) -> Future<Value> {
        submit(
            name: name, priority: priority, deadline: deadline, at: CallSite(file, line, function), consume body)
    }

    /// Submits a task that must start before a deadline.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - deadline: When it is too late to start: the task then fails with `DeadlineError`. One that runs is asked to
    ///     stop.
    ///   - body: The task.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @discardableResult
    public func submit<Value: Sendable>(
        name: TaskName? = nil, deadline: ContinuousClock.Instant, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: consuming @escaping @Sendable () throws -> Value
    ) -> Future<Value> {
        submit(
            name: name, priority: .normal, deadline: deadline, at: CallSite(file, line, function), consume body)
    }

    private func submit<Value: Sendable>(
        name: TaskName?, priority: Priority, deadline: ContinuousClock.Instant?, at site: CallSite,
        _ body: consuming @escaping @Sendable () throws -> Value
    ) -> Future<Value> {
        guard let deadline else {
            let future = Future(in: self, name: name, at: site, body: consume body)
            future.job.priority = priority
            core.enqueue(future) { try future.takeAndRunBody() }
            return future
        }
        let future = DeadlineFuture(in: self, name: name, at: site, deadline: deadline, body: consume body)
        future.job.priority = priority
        core.enqueue(future) { try future.takeAndRunBody() }
        return future
    }

    /// Submits a fire-and-forget task with a priority.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - priority: Among the waiting tasks of this pool.
    ///   - body: The task.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    public func execute(
        name: TaskName? = nil, priority: Priority, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: consuming @escaping @Sendable () throws -> Void
    ) {
        core.execute(name: name, priority: priority, at: CallSite(file, line, function), consume body)
    }
}
