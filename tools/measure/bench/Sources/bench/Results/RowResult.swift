/// What the rounds of a row gave.
struct RowResult {
    let row: Row
    /// One for each round, in order; empty if the row could not be measured.
    var samples: [Sample] = []
    /// Why it could not be measured, or could not any longer.
    var problem: String?

    var minimum: Double { samples.map(\.nanoseconds).min() ?? .nan }
    var median: Double { Self.median(samples.map(\.nanoseconds)) }
    var processors: Double { Self.median(samples.map(\.processors)) }

    /// Whether the row had its processors: else its threads slept, or others took them, and its figures say little.
    var wasUndisturbed: Bool { samples.isEmpty || processors >= 0.9 * Double(row.threads) }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + min(sorted[middle], last)) / 2
    }
}
