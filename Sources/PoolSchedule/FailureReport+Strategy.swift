public import PoolModel

extension FailureReport.Run.Order {
    /// The order of a serial run under a strategy.
    public init(_ strategy: StrategyName, seed: UInt64) {
        let options = strategy == .fifo ? "--serial" : "--strategy \(strategy)"
        self = .serial(
            options: options + (strategy.takesSeed ? " --seed \(seed)" : ""), isSearched: strategy.searches)
    }
}
