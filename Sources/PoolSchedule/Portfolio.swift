/// The orders that a search tries: those without a seed once, then each of the others in turn, with a seed of its own.
public struct Portfolio: Sendable {
    /// The first seed; each round of the strategies that take one has the next.
    public let seed: UInt64
    /// About how many steps a run has.
    public let steps: Int

    /// A portfolio for runs of about this many steps.
    public init(seed: UInt64, steps: Int) {
        self.seed = seed
        self.steps = steps
    }

    /// The strategy and the seed of an execution, counted from 0.
    public func execution(_ index: Int) -> (strategy: StrategyName, seed: UInt64) {
        let once: [StrategyName] = [.fifo, .lifo]
        if index < once.count { return (once[max(0, index)], 0) }
        let turns: [StrategyName] = [
            .random, .delays(percent: 10), .pct(depth: 2, steps: steps), .random, .delays(percent: 30),
            .pct(depth: 3, steps: steps),
        ]
        let turn = index - once.count
        return (turns[turn % turns.count], seed &+ UInt64(turn / turns.count))
    }
}
