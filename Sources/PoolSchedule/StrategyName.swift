/// The strategies by the names that people type: `fifo`, `lifo`, `random`, `delays:10`, `pct:3:100`, `inline`.
public enum StrategyName: Sendable, Hashable {
    /// Longest ready first.
    case fifo
    /// Last ready first.
    case lifo
    /// By a seeded generator.
    case random
    /// Longest ready first, except for this share of the tasks, in percent, which run when no other is ready.
    case delays(percent: Int)
    /// Probabilistic concurrency testing for bugs of this depth, in runs of about this many steps.
    case pct(depth: Int, steps: Int)
    /// Longest ready first, on one thread: the program ends where a task would run while another waits in its middle.
    case oneThread
    /// Inside the call that submits, so that the submitter is on the stack.
    case inline

    /// What a person may type, for messages: `fifo, lifo, ...`.
    public static let choices = "fifo, lifo, random, delays[:PERCENT], pct[:DEPTH[:STEPS]], inline, one-thread"

    /// Whether a seed makes a difference to it.
    public var takesSeed: Bool {
        switch self {
        case .random, .delays, .pct: true
        case .fifo, .lifo, .inline, .oneThread: false
        }
    }

    /// Whether it is there to find orders that others miss: then tasks interleave also where they wait in the middle.
    public var searches: Bool { takesSeed }

    /// Whether it comes to every ready task in the end, however many others become ready.
    public var isFair: Bool {
        switch self {
        case .fifo, .random, .inline, .oneThread: true
        case .lifo, .delays, .pct: false
        }
    }

    /// The strategy of this name.
    ///
    /// `inline` never has more than what one submit hands it, so its order is that of `fifo`.
    public func makeStrategy(seed: UInt64) -> any Strategy {
        switch self {
        case .fifo, .inline, .oneThread: FIFOStrategy()
        case .lifo: LIFOStrategy()
        case .random: RandomStrategy(seed: seed)
        case .delays(let percent): DelaysStrategy(seed: seed, percent: percent)
        case .pct(let depth, let steps): PCTStrategy(seed: seed, depth: depth, steps: steps)
        }
    }
}

// MARK: - LosslessStringConvertible

extension StrategyName: LosslessStringConvertible {
    /// The strategy as one types it, with its numbers.
    public var description: String {
        switch self {
        case .fifo: "fifo"
        case .lifo: "lifo"
        case .random: "random"
        case .delays(let percent): "delays:\(percent)"
        case .pct(let depth, let steps): "pct:\(depth):\(steps)"
        case .inline: "inline"
        case .oneThread: "one-thread"
        }
    }

    /// Parses the text of a strategy, where numbers may be left out; `nil` if it names no strategy.
    public init?(_ text: String) {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard let name = words.first, numbers.count == words.count - 1 else { return nil }
        switch (name, numbers.count) {
        case ("fifo", 0): self = .fifo
        case ("lifo", 0): self = .lifo
        case ("random", 0): self = .random
        case ("inline", 0): self = .inline
        case ("one-thread", 0): self = .oneThread
        case ("delays", 0...1):
            let percent = numbers.first ?? 10
            guard 1...99 ~= percent else { return nil }
            self = .delays(percent: percent)
        case ("pct", 0...2):
            let (depth, steps) = (numbers.first ?? 3, numbers.dropFirst().first ?? 100)
            guard 1...100 ~= depth, 1...1_000_000_000 ~= steps else { return nil }
            self = .pct(depth: depth, steps: steps)
        default: return nil
        }
    }
}
