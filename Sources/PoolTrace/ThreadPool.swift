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
/// In serial mode (`--serial`, `POOLTRACE_MODE=serial`) the same program runs its tasks one at a time, on the threads that wait for them.
///
/// A pool that is never shut down still ends what it was given; its threads then end by themselves once the pool is released.
public final class ThreadPool: Sendable {
    let core: PoolCore

    /// Starts a pool.
    ///
    /// - Parameters:
    ///   - name: What reports and views call it; `pool-1` and so on by default.
    ///   - workers: How many tasks run at a time; by default as many as the process has processors, or what `--workers` says.
    ///   - configuration: Everything else.
    /// - Throws: `PoolError.noThread` if the system gives no thread.
    public init(name: String? = nil, workers: Int? = nil, configuration: PoolConfiguration = PoolConfiguration()) throws
    {
        Recorder.start()
        let settings = Settings.current
        let count = max(1, settings.workers ?? workers ?? ProcessorCount.available)
        core = PoolCore(name: name, workers: PoolCore.effectiveWorkers(count), configuration: configuration)
        pooltrace_lttng_look()
        pooltrace_record_pool_start(
            pooltrace_clock_now(), core.number, UInt8(POOLTRACE_POOL_THREADS.rawValue),
            UInt32(clamping: core.workerCount),
            TextLimit.cut(core.name))
        PoolRegistry.add(core)
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

    /// How many tasks run at a time: 1 in serial mode.
    public var workers: Int { core.workerCount }
}

// MARK: - Submitting

extension ThreadPool {
    /// Submits a task whose end nobody will ask for: the cheapest way in.
    ///
    /// A failure is reported at shutdown or exit.
    ///
    /// - Parameters:
    ///   - name: What reports and views call the task.
    ///   - body: The task.
    public func execute(
        name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: consuming @escaping @Sendable () throws -> Void
    ) {
        let site = Recorder.intern(site: file, line: line, function: function)
        guard core.takesTasks else { return core.refuse(name: name, site: site) }
        var job = core.makeJob(kind: .closure, name: name?.id ?? 0, site: site)
        job.store(body)
        core.enqueue(job)
    }

    /// Submits a task.
    ///
    /// - Parameters:
    ///   - name: What reports and views call the task.
    ///   - body: The task.
    /// - Returns: The handle on its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @discardableResult
    public func submit<Value: Sendable>(
        name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable () throws -> Value
    ) -> Future<Value> {
        let site = Recorder.intern(site: file, line: line, function: function)
        let future = Future(job: core.makeJob(kind: .future, name: name?.id ?? 0, site: site), core: core, body: body)
        core.enqueue(future)
        return future
    }

    /// Submits a task that works on an input, which its failure report shows.
    ///
    /// - Parameters:
    ///   - name: What reports and views call the task.
    ///   - input: What the body is given.
    ///   - body: The task.
    /// - Returns: The handle on its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @discardableResult
    public func submit<Input: Sendable, Value: Sendable>(
        name: TaskName? = nil, input: Input, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: @escaping @Sendable (Input) throws -> Value
    ) -> Future<Value> {
        let site = Recorder.intern(site: file, line: line, function: function)
        let future = InputFuture(
            job: core.makeJob(kind: .future, name: name?.id ?? 0, site: site), core: core, input: input, body: body)
        core.enqueue(future)
        return future
    }

    /// Runs `body` for every input, each a task of its own, and waits for all of them.
    ///
    /// - Parameters:
    ///   - inputs: What the tasks are given.
    ///   - name: What reports and views call each task.
    ///   - chunkSize: How many elements a worker takes at a time; by default a quarter of a worker's share. 1 in serial mode.
    ///   - body: The task for one input.
    /// - Returns: The results, in the order of the inputs.
    /// - Throws: The `TaskFailure` of the first element, in the order of the inputs, whose body threw; all elements have ended by then.
    ///   `WaitCycleError` where an element waits for the caller; `PoolError.closed`.
    public func map<Inputs: Sequence, Output>(
        _ inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil, file: StaticString = #fileID,
        line: UInt32 = #line,
        function: StaticString = #function, _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) throws -> [Output] {
        let site = Recorder.intern(site: file, line: line, function: function)
        guard core.takesTasks else { throw PoolError.closed(pool: core.name) }
        let inputs = Array(inputs)
        guard !inputs.isEmpty else { return [] }
        let map = Map(
            job: core.makeJob(kind: .chunk, name: name?.id ?? 0, site: site), inputs: inputs,
            chunkSize: core.chunkSize(for: inputs.count, requested: chunkSize), core: core, body: body)
        map.enqueue(in: core)
        _ = try map.wait()
        return try map.takeResults()
    }
}
