/// The strategies by the names that people type.
public enum StrategyName: String, Sendable, CaseIterable {
    /// Longest ready first.
    case fifo
    /// Last ready first.
    case lifo
    /// By a seeded generator.
    case random
    /// Inside the call that submits, so that the submitter is on the stack.
    case inline

    /// The strategy of this name.
    ///
    /// `inline` never has more than what one submit hands it, so its order is that of `fifo`.
    public func makeStrategy(seed: UInt64) -> any Strategy {
        switch self {
        case .fifo, .inline: FIFOStrategy()
        case .lifo: LIFOStrategy()
        case .random: RandomStrategy(seed: seed)
        }
    }
}
