import PoolSchedule

/// The order in which a test's tasks run.
struct Order: Sendable, Equatable, CustomStringConvertible {
    let strategy: StrategyName
    let seed: UInt64

    var description: String { strategy.takesSeed ? "\(strategy), seed \(seed)" : "\(strategy)" }

    /// What has it in another process.
    var environment: [(name: String, value: String)] {
        // Which test comes first in a bundle, and so the tasks' paths, depends on it.
        let hashing = (name: "SWIFT_DETERMINISTIC_HASHING", value: "1")
        let mode = (name: "POOLTRACE_MODE", value: "serial:\(strategy)")
        return strategy.takesSeed ? [hashing, mode, (name: "POOLTRACE_SEED", value: "\(seed)")] : [hashing, mode]
    }
}
