import PoolRecorder

/// A future whose task a worker process runs.
final class ProcessFuture<Task: ProcessTask>: Future<Task.Output>, @unchecked Sendable {
    private var input: Task.Input?
    /// Let go of when the task has ended: it holds the worker processes.
    private var pool: ProcessPool?
    private let deadline: ContinuousClock.Instant?
    private var hooks: TaskHooks?

    init(
        in pool: ProcessPool, input: Task.Input, name: TaskName?, priority: ThreadPool.Priority,
        deadline: ContinuousClock.Instant?, at site: CallSite
    ) {
        self.input = input
        self.pool = pool
        self.deadline = deadline
        super.init(in: pool.threads, name: name, at: site, body: nil)
        job.priority = priority
    }

    func takeAndRunTask() throws {
        guard let input, let pool = pool.take() else { return }
        let run = {
            if let deadline = self.deadline { try DeadlineError.throwIfLate(deadline) }
            return try pool.run(Task.self, input, as: self.job)
        }
        result.store(try hooks.take()?.run(run) ?? run())
        SlowInputs.noteCurrentTask { taskInput?.text($0) }
        self.input = nil
    }

    override func wrap(in hooks: TaskHooks) { self.hooks = hooks }

    override func performBody() throws { try takeAndRunTask() }

    /// The worker process may want the very processor.
    override var isWorthASpin: Bool { false }

    override var isAskedToStop: Bool { super.isAskedToStop || deadline.map { $0 < .now } ?? false }

    override func discardBody() {
        input = nil
        pool = nil
        hooks = nil
    }

    override var taskInput: TaskInput? { input.map { TaskInput($0) } }
}
