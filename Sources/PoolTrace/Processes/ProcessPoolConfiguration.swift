public import PoolRecorder

/// How a pool of processes is set up, beyond its name and number of workers.
public struct ProcessPoolConfiguration: Sendable {
    /// What failure reports and traces keep of a task's input.
    public var inputs: Settings.Input
    /// The maximum number of waiting tasks: a submit from outside the pool's tasks then waits until there is room.
    ///
    /// `nil`: no bound.
    public var queueLimit: Int?
    /// The maximum number of tasks that a worker process runs before a new one replaces it, to free what tasks leave
    /// behind.
    ///
    /// `nil`: it stays as long as the pool.
    public var maximumTasksPerWorker: Int?
    /// Observers in this process, which are notified of what happens to the tasks; of the elements of a map as a
    /// worker's answers come.
    public var observers: [any TaskObserver]
    /// Run once in each new worker process before its first task, as encoded input.
    ///
    /// See `initialize(with:_:)`.
    var initializer: Initializer?

    struct Initializer: Sendable {
        let typeName: String?
        let displayName: String
        let encode: @Sendable (ByteSink) throws -> Void
        let runHere: @Sendable () throws -> Void
    }

    /// Makes a configuration; every part has a default.
    ///
    /// Inputs are kept as `POOLTRACE_INPUT` says, in full unless it is set.
    public init(
        inputs: Settings.Input? = nil, queueLimit: Int? = nil, maximumTasksPerWorker: Int? = nil,
        observers: [any TaskObserver] = []
    ) {
        self.inputs = inputs ?? Settings.current.input
        self.queueLimit = queueLimit.map { max(1, $0) }
        self.maximumTasksPerWorker = maximumTasksPerWorker.map { max(1, $0) }
        self.observers = observers
    }

    /// Has each new worker process run `type` once before its first task; what it returns is dropped.
    ///
    /// If it throws, the task that the worker was for fails with `ProcessPoolError.initializerFailed`, and the next one
    /// is tried on a new worker.
    public mutating func initialize<Task: ProcessTask>(with type: Task.Type, _ input: Task.Input) {
        initializer = Initializer(
            typeName: TaskTypes.name(of: type), displayName: _typeName(type, qualified: true),
            encode: { try ValueEncoder.encode(input, to: $0) },
            runHere: { _ = try InProcess.run(type, input) })
    }
}
