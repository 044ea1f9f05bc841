/// How long a busy machine keeps a task from going on: for next to no time, mostly, and now and then for so long that
/// the time limits of others end.
///
/// Drawn by a seed. A stall is at least `d` long with a probability of `(scale / d)^2`: at each step one of 10 ms comes
/// once in a hundred times, one of a second once in a million. With one seed in four the machine is slower by ten.
struct Stalls: Sendable {
    private var generator: SplitMix64
    private let scale: Double

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed ^ 0x5354_414C_4C53_0001)
        scale = generator.next() % 4 == 0 ? 10_000_000 : 1_000_000
    }

    /// The wait whose limit ends during the next stall: the first, or none.
    mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? {
        guard let first = waits.first else { return nil }
        let (seconds, attoseconds) = first.left.components
        let left = max(1, Double(seconds) * 1e9 + Double(attoseconds) / 1e9)
        let ratio = scale / left
        let draw = Double(generator.next() >> 11) / Double(1 << 53)
        return draw < ratio * ratio ? 0 : nil
    }
}
