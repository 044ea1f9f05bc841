public import PoolRecorder

/// How a pool is set up, beyond its name and number of workers.
public struct PoolConfiguration: Sendable {
    /// What failure reports and traces keep of a task's input.
    public var inputs: Settings.Input
    /// The maximum number of waiting tasks: a submit from outside the pool's tasks then waits until there is room.
    ///
    /// `nil`: no bound.
    public var queueLimit: Int?
    /// The maximum number of substitutes for workers whose tasks wait for other tasks.
    public var maximumSubstitutes: Int
    /// The size of each worker's stack, in bytes.
    public var stackSize: Int
    /// The name of the workers' threads, as the system shows it (15 bytes), before a hyphen and the
    /// worker's number.
    ///
    /// `nil`: the pool's name.
    public var workerName: String?
    /// The maximum number of tasks that a worker's thread runs before a new thread replaces it; a chunk of a map counts
    /// as one.
    ///
    /// `nil`: no bound.
    public var maximumTasksPerWorker: Int?
    /// A task that runs for longer is reported on standard error, once, with the stack of its thread.
    ///
    /// `nil`: none is.
    public var stallLimit: Duration?
    /// Runs on each worker's thread before its first task: as a task of its own, an element of one that the pool's
    /// maker submits.
    ///
    /// If it throws, the pool is broken: it takes no more tasks, and those that wait fail with
    /// `PoolError.initializerFailed`. In serial mode it runs once, as the pool is made.
    public var initializer: (@Sendable () throws -> Void)?
    /// What travels from a submit to its task: task-local values, spans, loggers; restored in this order, the first
    /// outermost.
    public var carriers: [any ContextCarrier]
    /// Observers, which are notified of what happens to the tasks.
    public var observers: [any TaskObserver]

    /// Makes a configuration; every part has a default.
    ///
    /// Inputs are kept as `POOLTRACE_INPUT` says, in full unless it is set.
    public init(
        inputs: Settings.Input? = nil, queueLimit: Int? = nil, maximumSubstitutes: Int = 256,
        stackSize: Int = 8 << 20, workerName: String? = nil, maximumTasksPerWorker: Int? = nil,
        stallLimit: Duration? = nil, initializer: (@Sendable () throws -> Void)? = nil,
        carriers: [any ContextCarrier] = [], observers: [any TaskObserver] = []
    ) {
        self.inputs = inputs ?? Settings.current.input
        self.queueLimit = queueLimit.map { max(1, $0) }
        self.maximumSubstitutes = min(max(0, maximumSubstitutes), 1 << 16)
        self.stackSize = max(64 << 10, stackSize)
        self.workerName = workerName
        self.maximumTasksPerWorker = maximumTasksPerWorker.map { max(1, $0) }
        self.stallLimit = (stallLimit ?? Settings.current.stallLimit).map { max(.milliseconds(10), $0) }
        self.initializer = initializer
        (self.carriers, self.observers) = (carriers, observers)
    }
}
