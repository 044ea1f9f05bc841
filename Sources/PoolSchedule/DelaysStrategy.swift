/// First in, first out, except for some tasks, which run only when no other is ready.
///
/// A seeded hash of the task's path and segment chooses them, so that the same task is delayed in every run with the
/// same seed, whatever else runs.
public struct DelaysStrategy: Strategy {
    private var ready = FIFOStrategy()
    private var delayed = FIFOStrategy()
    private var stalls: Stalls
    private let seed: UInt64
    private let percent: Int

    /// Makes an empty strategy that delays about `percent` of the tasks.
    public init(seed: UInt64, percent: Int) {
        self.seed = seed
        stalls = Stalls(seed: seed)
        self.percent = percent
    }

    /// How many tasks are ready.
    public var count: Int { ready.count + delayed.count }

    /// Takes in a task that has become ready.
    public mutating func add(_ task: ReadyTask) {
        var generator = SplitMix64(seed: task.task ^ (UInt64(task.part.segment) << 32) ^ seed &* 0x9FB2_1C65_1E98_DF25)
        if Int(generator.next() % 100) < percent { delayed.add(task) } else { ready.add(task) }
    }

    /// Gives out the task that has been ready longest, of those that are not delayed first.
    public mutating func next() -> ReadyTask? { ready.next() ?? delayed.next() }

    /// Ends a limit now and then, the sooner the shorter it is.
    public mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? { stalls.limitToEnd(waits) }
}
