/// The task that has been ready longest runs first: the order that a plain loop would have.
public struct FIFOStrategy: Strategy {
    // A queue in two arrays: amortized constant time, and no dependency for one deque.
    private var incoming: [ReadyTask] = []
    private var outgoing: [ReadyTask] = []

    /// Makes an empty strategy.
    public init() {}

    /// How many tasks are ready.
    public var count: Int { incoming.count + outgoing.count }

    /// Takes in a task that has become ready.
    public mutating func add(_ task: ReadyTask) {
        if task.isFront { outgoing.append(task) } else { incoming.append(task) }
    }

    /// Gives out the task that was added first.
    public mutating func next() -> ReadyTask? {
        if outgoing.isEmpty {
            swap(&incoming, &outgoing)
            outgoing.reverse()
        }
        return outgoing.popLast()
    }
}
