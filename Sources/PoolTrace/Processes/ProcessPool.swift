import CEventTable
import PoolModel
import PoolRecorder

/// A pool of processes that runs tasks, records what they do, and explains those that fail.
///
/// ```swift
/// enum Digest: ProcessTask {
///     static func run(_ path: String) throws -> [UInt8] { try digest(of: path) }
/// }
/// let pool = try ProcessPool(name: "digests", workers: 4)
/// let all = try pool.map(Digest.self, over: paths)
/// let one = try pool.submit(Digest.self, "Package.swift").value()
/// try pool.shutdown()
/// ```
///
/// For work that may crash, leak or call what is not safe for threads. A worker is this same executable, started anew;
/// it inherits the environment, the standard output and nothing else, and dies with this process. What it writes to
/// standard error comes out here, with the worker and the task before each line.
///
/// **A worker that dies fails the task it held, and no other**: with a `WorkerDiedError` in a failure report like any
/// other. It is replaced, and the other tasks go on.
///
/// In serial mode tasks run in this process, one at a time, still through their coders.
public final class ProcessPool: Sendable {
    /// The threads, one for each worker process; in serial mode what runs the tasks.
    let threads: ThreadPool
    /// The processes; `nil` in serial mode.
    let host: WorkerHost?
    let configuration: ProcessPoolConfiguration
    let inProcess: InProcessStart?

    /// Starts a pool and its worker processes.
    ///
    /// - Parameters:
    ///   - name: Its name in reports and views; `pool-1` and so on by default.
    ///   - workers: How many tasks run at a time; by default as many as the process has processors, or what `--workers`
    ///     says.
    ///   - configuration: Everything else.
    /// - Throws: `ProcessPoolError.noProcess` or `PoolError.noThread` if the system gives none;
    ///   `ProcessPoolError.typeNotFound` for an initializer that cannot be found by name.
    public init(
        name: String? = nil, workers: Int? = nil, configuration: ProcessPoolConfiguration = ProcessPoolConfiguration()
    ) throws {
        self.configuration = configuration
        threads = try ThreadPool(
            kind: POOLTRACE_POOL_PROCESSES, name: name, workers: workers,
            configuration: PoolConfiguration(
                inputs: configuration.inputs, queueLimit: configuration.queueLimit, maximumSubstitutes: 0,
                observers: configuration.observers),
            site: 0)
        if Scheduling.isOneProcess {
            host = nil
            inProcess = configuration.initializer.map(InProcessStart.init)
        } else {
            host = try WorkerHost(pool: threads.name, workers: threads.workers, configuration: configuration)
            inProcess = nil
            host?.record(in: threads.core)
        }
    }

    /// The pool's name.
    public var name: String { threads.name }

    /// The number of workers; in serial mode, the maximum number of started tasks.
    public var workers: Int { threads.workers }

    /// Runs a task wherever this pool runs tasks; on a thread of the pool, inside the task.
    func run<Task: ProcessTask>(_ type: Task.Type, _ input: Task.Input, as job: Job) throws -> Task.Output {
        let name = try TaskTypes.knownName(of: type)
        guard let host, let worker = Worker.current(of: threads.core) else {
            try inProcess?.run()
            return try InProcess.run(type, input)
        }
        do {
            return try host.slot(of: worker).run(type, name: name, input, as: job) { CurrentTask.isCancelled }
        } catch let thrown as RemoteThrow where thrown.error is CancellationError {
            throw CancellationError()
        }
    }
}

// MARK: - Submitting

extension ProcessPool {
    /// Submits a fire-and-forget task.
    ///
    /// A failure is reported at shutdown or exit.
    ///
    /// - Parameters:
    ///   - type: The task.
    ///   - input: What it works on.
    ///   - name: Its name in reports and views; by default its own `taskName`, or its type's.
    ///   - priority: Among the waiting tasks of this pool.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    public func execute<Task: ProcessTask>(
        _ type: Task.Type, _ input: Task.Input, name: TaskName? = nil, priority: ThreadPool.Priority = .normal,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) {
        submit(type, input, name: name, priority: priority, at: CallSite(file, line, function))
    }

    /// Submits a task.
    ///
    /// - Parameters:
    ///   - type: The task.
    ///   - input: What it works on; encoded when a worker is free for it.
    ///   - name: Its name in reports and views; by default its own `taskName`, or its type's.
    ///   - priority: Among the waiting tasks of this pool.
    ///   - deadline: When it is too late to start: the task then fails with `DeadlineError`. One that runs is asked to
    ///     stop.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for its value. The future fails with `PoolError.closed` on a pool that is closed, with
    ///   `ProcessPoolError.typeNotFound` for a type that a worker would not find, and with a `WorkerDiedError` if its
    ///   worker died.
    @discardableResult
    public func submit<Task: ProcessTask>(
        _ type: Task.Type, _ input: Task.Input, name: TaskName? = nil, priority: ThreadPool.Priority = .normal,
        deadline: ContinuousClock.Instant? = nil, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function
    ) -> Future<Task.Output> {
        submit(
            type, input, name: name, priority: priority, deadline: deadline, at: CallSite(file, line, function))
    }

    @discardableResult
    func submit<Task: ProcessTask>(
        _ type: Task.Type, _ input: Task.Input, name: TaskName?, priority: ThreadPool.Priority = .normal,
        deadline: ContinuousClock.Instant? = nil, at site: CallSite
    ) -> Future<Task.Output> {
        let future = ProcessFuture<Task>(
            in: self, input: input, name: name ?? TaskTypes.taskName(of: type), priority: priority, deadline: deadline,
            at: site)
        threads.enqueue(future) { try future.takeAndRunTask() }
        return future
    }

    /// Runs a task on the pool and waits for its value.
    ///
    /// - Parameters:
    ///   - type: The task.
    ///   - input: What it works on.
    ///   - name: Its name in reports and views; by default its own `taskName`, or its type's.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: What the task returns.
    /// - Throws: `TaskFailure` if it threw, also with `PoolError.closed`, `ProcessPoolError.typeNotFound` or
    ///   `WorkerDiedError`; `WaitCycleError` where it waits for the caller.
    public func apply<Task: ProcessTask>(
        _ type: Task.Type, _ input: Task.Input, name: TaskName? = nil, file: StaticString = #fileID,
        line: UInt32 = #line, function: StaticString = #function
    ) throws -> Task.Output {
        try submit(type, input, name: name, at: CallSite(file, line, function)).value()
    }
}

// MARK: - Ending

extension ProcessPool: ScopedPool {
    /// Closes the pool to new tasks.
    public func close() { threads.close() }

    /// Waits until every task has ended.
    ///
    /// - Throws: `PoolError.joinedWhileOpen` before `close`.
    public func join() throws { try threads.join() }

    /// Closes the pool, waits until every task has ended, ends its processes, and reports the failures that nobody
    /// retrieved.
    ///
    /// - Parameter cancelQueued: Whether tasks that have not started end as cancelled.
    public func shutdown(cancelQueued: Bool = false) throws {
        try threads.shutdown(cancelQueued: cancelQueued)
        endProcesses()
    }

    /// Closes the pool, waits until every task has ended, ends its processes, and reports the failures that nobody
    /// retrieved; blocks no thread of Swift's own pool.
    ///
    /// - Parameter cancelQueued: Whether tasks that have not started end as cancelled.
    public func shutdown(cancelQueued: Bool = false) async throws {
        try await threads.shutdown(cancelQueued: cancelQueued)
        try await Scheduling.elsewhere(name: "shutdown", once: { true }) { self.endProcesses() }
    }

    private func endProcesses() {
        host?.end()
        host?.waitUntilEnded()
    }

    /// Closes the pool and kills the processes: running tasks fail with a `WorkerDiedError`, those that have not
    /// started end as cancelled.
    ///
    /// Does not wait for that: `shutdown` does.
    public func terminate() {
        threads.terminate()
        host?.terminate()
    }
}

/// The initializer of a pool in serial mode: run once, before the first task.
final class InProcessStart: Sendable {
    private let initializer: ProcessPoolConfiguration.Initializer
    private let hasRun = Guarded(false)

    init(_ initializer: ProcessPoolConfiguration.Initializer) { self.initializer = initializer }

    /// - Throws: `ProcessPoolError.initializerFailed`; then the next task tries again, as it would on a new worker.
    func run() throws {
        guard !hasRun.withLock({ $0 }) else { return }
        do {
            try initializer.runHere()
            hasRun.withLock { $0 = true }
        } catch {
            throw ProcessPoolError.initializerFailed(type: initializer.displayName, message: String(describing: error))
        }
    }
}
