import PoolRecorder

/// A future whose task a worker process runs.
final class ProcessFuture<Task: ProcessTask>: Future<Task.Output>, @unchecked Sendable {
    private var input: Task.Input?
    /// Let go of when the task has ended: it holds the worker processes.
    private var pool: ProcessPool?
    private let deadline: ContinuousClock.Instant?

    init(
        in pool: ProcessPool, input: Task.Input, name: TaskName?, priority: ThreadPool.Priority,
        deadline: ContinuousClock.Instant?, file: StaticString, line: UInt32, function: StaticString
    ) {
        self.input = input
        self.pool = pool
        self.deadline = deadline
        super.init(in: pool.threads, name: name, file: file, line: line, function: function, body: nil)
        job.priority = priority
    }

    func takeAndRunTask() throws {
        if let deadline { try throwIfLate(deadline) }
        guard let input, let pool = pool.take() else { return }
        result.store(try pool.run(Task.self, input, as: job))
        self.input = nil
    }

    override func performBody() throws { try takeAndRunTask() }

    override var isAskedToStop: Bool { super.isAskedToStop || deadline.map { $0 < .now } ?? false }

    override func discardBody() {
        input = nil
        pool = nil
    }

    override func inputText(_ policy: Settings.Input) -> String? {
        input.flatMap { InputText.describe($0, policy) }
    }
}
