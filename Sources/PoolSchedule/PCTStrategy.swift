/// Probabilistic concurrency testing: every task has a random priority, the highest runs, and at a few random steps the
/// one that would run next falls below all others.
///
/// It finds an order bug that takes `depth` constraints in a program of n tasks and k steps with a probability of at
/// least 1 in n * k^(depth - 1). Source: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with
/// probabilistic guarantees of finding bugs", ASPLOS 2010.
public struct PCTStrategy: Strategy {
    private var ready = ReadyHeap()
    private var generator: SplitMix64
    private var stalls: Stalls
    private let seed: UInt64
    /// Steps at which the task about to run falls.
    private var changes: Set<Int> = []
    /// Tasks that fell, by how early: the later, the lower.
    private var fallen: [UInt64: UInt64] = [:]
    private var step = 0
    private var arrivals: UInt64 = 0

    /// Makes an empty strategy.
    ///
    /// - Parameters:
    ///   - seed: The same seed gives the same decisions.
    ///   - depth: How many constraints between tasks a bug may take, from 1; one less than this many tasks fall.
    ///   - steps: About how many steps the run has.
    public init(seed: UInt64, depth: Int, steps: Int) {
        self.seed = seed
        stalls = Stalls(seed: seed)
        generator = SplitMix64(seed: seed)
        for _ in 1..<max(1, depth) { changes.insert(Int(generator.next() % UInt64(max(1, steps)))) }
    }

    /// How many tasks are ready.
    public var count: Int { ready.count }

    /// Takes in a task that has become ready.
    public mutating func add(_ task: ReadyTask) {
        arrivals += 1
        ready.push(task, key: key(task.task), arrival: arrivals)
    }

    /// Gives out the task of the highest priority.
    public mutating func next() -> ReadyTask? {
        guard let first = ready.pop() else { return nil }
        defer { step += 1 }
        guard changes.contains(step) else { return first.task }
        let key = UInt64.max / 2 + UInt64(fallen.count) + 1
        fallen[first.task.task] = key
        ready.push(first.task, key: key, arrival: first.arrival)
        return ready.pop()?.task
    }

    /// Ends a limit now and then, the sooner the shorter it is.
    public mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? { stalls.limitToEnd(waits) }

    /// The smaller, the earlier; those that fell come last.
    private func key(_ task: UInt64) -> UInt64 {
        if let key = fallen[task] { return key }
        var generator = SplitMix64(seed: task ^ seed &* 0xD6E8_FEB8_6659_FD93)
        return generator.next() / 2
    }
}
