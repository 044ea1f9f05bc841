/// Any of the ready tasks runs next, chosen evenly by a seeded generator.
public struct RandomStrategy: Strategy {
    private var ready: [ReadyTask] = []
    private var generator: SplitMix64
    private var stalls: Stalls

    /// Makes an empty strategy; the same seed gives the same decisions.
    public init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
        stalls = Stalls(seed: seed)
    }

    /// How many tasks are ready.
    public var count: Int { ready.count }

    /// Takes in a task that has become ready.
    public mutating func add(_ task: ReadyTask) { ready.append(task) }

    /// Gives out one of the tasks at random.
    public mutating func next() -> ReadyTask? {
        guard !ready.isEmpty else { return nil }
        ready.swapAt(Int(generator.next() % UInt64(ready.count)), ready.count - 1)
        return ready.removeLast()
    }

    /// Ends a limit now and then, the sooner the shorter it is.
    public mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? { stalls.limitToEnd(waits) }
}
