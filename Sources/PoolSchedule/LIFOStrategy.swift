/// The task that became ready last runs first: depth first through a tree of tasks.
public struct LIFOStrategy: Strategy {
    private var ready: [ReadyTask] = []

    /// Makes an empty strategy.
    public init() {}

    /// How many tasks are ready.
    public var count: Int { ready.count }

    /// Takes in a task that has become ready.
    public mutating func add(_ task: ReadyTask) { ready.append(task) }

    /// Gives out the task that was added last.
    public mutating func next() -> ReadyTask? { ready.popLast() }
}
