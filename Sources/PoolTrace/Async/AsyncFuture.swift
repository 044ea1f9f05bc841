import PoolRecorder

/// The future of an async body: its task is one of Swift's, which prefers the pool.
final class AsyncFuture<Value: Sendable>: Future<Value>, @unchecked Sendable {
    /// Taken by the thread that claims the future.
    private var asyncBody: (@Sendable () async throws -> Value)?
    private let input: TaskInput?
    /// Written before the future is shown to anybody.
    private var task: AsyncTask?

    init(
        in pool: borrowing ThreadPool, name: TaskName?, at site: CallSite,
        input: TaskInput?, asyncBody: @escaping @Sendable () async throws -> Value
    ) {
        self.asyncBody = asyncBody
        self.input = input
        super.init(in: pool, name: name, at: site, body: nil)
    }

    /// Hands the task to Swift, or ends it as failed where the pool takes no more.
    func start(in pool: ThreadPool) {
        let core = pool.core
        guard core.takesTasks else { return core.refuse(self) }
        job.recordSubmission(to: core.number)
        let task = AsyncTask(job: job, of: core, awaitable: Unmanaged.passUnretained(self), input: input)
        self.task = task
        core.asyncTasks.enter(task)
        task.handOver { _ = Task(executorPreference: pool) { await self.run(task, in: core) } }
    }

    private func run(_ task: AsyncTask, in core: PoolCore) async {
        defer { core.asyncTasks.leave(task) }
        guard claim(), let body = asyncBody.take() else { return task.drop() }
        let ending = await task.run(in: core, unless: false) { result.store(try await body()) }
        finish(ending, on: TaskContext.current?.pointee.worker)
        Scheduling.progressed()
    }

    override func discardBody() { asyncBody = nil }

    override var taskInput: TaskInput? { input }

    override func askToStop() -> Bool {
        let isFirst = super.askToStop()
        task?.cancel()
        return isFirst
    }

    // Only Swift can run it.
    override func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool { false }

    override func runInSerial() -> Bool { false }
}

extension ThreadPool {
    /// Submits a task with an async body, which holds no worker while it is suspended.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - body: The task. It is cancelled, as `Task.cancel` does it, when its future is, or when its pool is
    ///     terminated.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @discardableResult
    public func submit<Value: Sendable>(
        name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable () async throws -> Value
    ) -> Future<Value> {
        let future = AsyncFuture(
            in: self, name: name, at: CallSite(file, line, function), input: nil, asyncBody: body)
        future.start(in: self)
        return future
    }

    /// Submits a task with an async body that works on an input, which its failure report shows.
    ///
    /// - Parameters:
    ///   - name: The task's name in reports and views.
    ///   - input: The body's input.
    ///   - body: The task. It is cancelled, as `Task.cancel` does it, when its future is, or when its pool is
    ///     terminated.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for its value. On a pool that is closed the future has failed with `PoolError.closed`.
    @discardableResult
    public func submit<Input: Sendable, Value: Sendable>(
        name: TaskName? = nil, input: Input, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: @escaping @Sendable (Input) async throws -> Value
    ) -> Future<Value> {
        let future = AsyncFuture(
            in: self, name: name, at: CallSite(file, line, function),
            input: TaskInput(input), asyncBody: { try await body(input) })
        future.start(in: self)
        return future
    }
}
