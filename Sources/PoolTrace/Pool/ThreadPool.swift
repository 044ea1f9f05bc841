import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder

/// A pool of threads that runs tasks, records what they do, and explains those that fail.
///
/// ```swift
/// let pool = try ThreadPool(name: "files", workers: 4)
/// let sizes = try pool.map(paths) { path in try size(of: path) }
/// let answer = pool.submit(name: "ask", input: question) { try ask($0) }
/// print(try answer.value())
/// try pool.shutdown()
/// ```
///
/// In serial mode (`--serial`, `POOLTRACE_MODE=serial`) the same program runs its tasks one at a time: on the thread
/// that waits for them, as long as that can do nothing else before.
///
/// A pool that is never shut down still ends what it was given; its threads then end by themselves once the pool is
/// released.
public final class ThreadPool: Sendable {
    let core: PoolCore

    /// Starts a pool.
    ///
    /// - Parameters:
    ///   - name: Its name in reports and views; `pool-1` and so on by default.
    ///   - workers: How many tasks run at a time; by default as many as the process has processors, or what `--workers`
    ///     says.
    ///   - configuration: Everything else.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Throws: `PoolError.noThread` if the system gives no thread.
    public convenience init(
        name: String? = nil, workers: Int? = nil, configuration: PoolConfiguration = PoolConfiguration(),
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) throws {
        try self.init(name: name, workers: workers, configuration: configuration, at: CallSite(file, line, function))
    }

    convenience init(name: String?, workers: Int?, configuration: PoolConfiguration, at site: CallSite) throws {
        try self.init(
            kind: POOLTRACE_POOL_THREADS, name: name, workers: workers, configuration: configuration,
            site: site.number)
    }

    /// Starts the threads of a pool of a kind: those of a pool of processes each stand before a process.
    init(kind: pooltrace_pool_kind, name: String?, workers: Int?, configuration: PoolConfiguration, site: UInt32) throws
    {
        Annotations.startRecorder()
        let settings = Settings.current
        let count = max(1, settings.workers ?? workers ?? ProcessorCount.available)
        core = PoolCore(name: name, workers: PoolCore.effectiveWorkers(count), configuration: configuration)
        pooltrace_lttng_look()
        pooltrace_record_pool_start(
            pooltrace_clock_now(), core.number, UInt8(kind.rawValue),
            UInt32(clamping: core.workerCount),
            TextLimit.cut(core.name))
        PoolRegistry.add(core)
        if settings.stacks { TaskStacks.showOnQuit() }
        Sampler.startIfAsked()
        if configuration.stallLimit != nil { Watchdog.watch() }
        if configuration.initializer != nil {
            core.makeInitialization(site: site)
        }
        do {
            try core.startWorkers()
        } catch {
            core.abandon()
            throw error
        }
    }

    deinit { core.abandon() }

    /// The pool's name.
    public var name: String { core.name }

    /// The number of workers; in serial mode, the maximum number of started tasks.
    public var workers: Int { core.workerCount }

    /// Changes the number of workers while the pool runs.
    ///
    /// Where there are fewer workers than before, those that run tasks end them first.
    ///
    /// - Parameter workers: At least 1, at most the number that the pool was made with and its `maximumSubstitutes`
    ///   together.
    /// - Throws: `PoolError.noThread` if the system gives no thread; `PoolError.tooManyWorkers`.
    public func resize(to workers: Int) throws { try core.resizeWorkers(to: max(1, workers)) }
}

// MARK: - Submitting

extension ThreadPool {
    /// Submits a fire-and-forget task, with the least overhead.
    ///
    /// A failure is reported at shutdown or exit.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - body: The task.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    public func execute(
        name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: consuming @escaping @Sendable () throws -> Void
    ) {
        core.execute(name: name, priority: .normal, at: CallSite(file, line, function), consume body)
    }

    /// Submits a task.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - body: The task.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @inlinable
    @discardableResult
    public func submit<Value: Sendable>(
        name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: consuming @escaping @Sendable () throws -> Value
    ) -> Future<Value> {
        submit(name: name, at: CallSite(file, line, function), consume body)
    }

    /// Runs a task on the pool and waits for its value.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - body: The task.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: What the task returns.
    /// - Throws: `TaskFailure` if it threw, also with `PoolError.closed`; `WaitCycleError` where it waits for the
    ///   caller.
    @inlinable
    public func apply<Value: Sendable>(
        name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: consuming @escaping @Sendable () throws -> Value
    ) throws -> Value {
        try submit(name: name, at: CallSite(file, line, function), consume body).value()
    }

    /// Submits a task that works on an input, which its failure report shows.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - input: The body's input.
    ///   - body: The task.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @inlinable
    @discardableResult
    public func submit<Input: Sendable, Value: Sendable>(
        name: TaskName? = nil, input: Input, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: consuming @escaping @Sendable (Input) throws -> Value
    ) -> Future<Value> {
        submit(name: name, input: input, at: CallSite(file, line, function), consume body)
    }

    @inlinable
    func submit<Value: Sendable>(
        name: TaskName?, at site: CallSite, _ body: consuming @escaping @Sendable () throws -> Value
    ) -> Future<Value> {
        let future = Future(in: self, name: name, at: site, body: consume body)
        enqueue(future) { try future.takeAndRunBody() }
        return future
    }

    @inlinable
    func submit<Input: Sendable, Value: Sendable>(
        name: TaskName?, input: Input, at site: CallSite,
        _ body: consuming @escaping @Sendable (Input) throws -> Value
    ) -> Future<Value> {
        let future = InputFuture(in: self, name: name, at: site, input: input, body: consume body)
        enqueue(future) { try future.takeAndRunInputBody() }
        return future
    }

    /// Hands a future's task to the workers, or ends it as failed where the pool takes no more.
    ///
    /// - Parameter run: Runs the future's body, and captures the future alone.
    @usableFromInline
    func enqueue(_ future: AnyFuture, run: consuming @escaping @Sendable () throws -> Void) {
        core.enqueue(future, run: run)
    }
}
