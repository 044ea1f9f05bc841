/// A row beside one of its targets: one line of the table.
struct Comparison {
    enum Outcome: String {
        case reached = "yes"
        case missed = "no"
        /// In the best round only, or in half of the rounds only.
        case minimumOnly = "minimum only"
        case medianOnly = "median only"
        case notMeasured = "not measured"
        case noTarget = ""
    }

    let peer: String?
    let text: String
    /// The minimum beside the peer's minimum.
    let minimumRatio: Double?
    /// The median of the rounds' ratios: each round beside the peer's of the same number.
    let medianRatio: Double?
    let outcome: Outcome

    init(_ target: Target, of result: RowResult, peer: RowResult?) {
        self.peer = target.peer
        text = target.text
        let isMissing = result.samples.isEmpty || target.peer != nil && peer?.samples.isEmpty != false
        if isMissing {
            (minimumRatio, medianRatio) = (nil, nil)
            outcome = target.isSet ? .notMeasured : .noTarget
            return
        }
        // Absolute targets have no peer: 0 nanoseconds stand for it, and the factor is 0 too.
        let beside = peer?.samples.map(\.nanoseconds) ?? result.samples.map { _ in 0 }
        let pairs = zip(result.samples.map(\.nanoseconds), beside)
        minimumRatio = peer.map { result.minimum / $0.minimum }
        medianRatio = peer.map { _ in RowResult.median(pairs.map { $0 / $1 }) }
        guard target.isSet else {
            outcome = .noTarget
            return
        }
        let byMinimum = target.isReached(result.minimum, peer: peer?.minimum ?? 0)
        // How far each round is from the target, in nanoseconds: half of the rounds are nearer than the median.
        let excess = pairs.map { $0 - target.factor * $1 - target.more }
        let byMedian = RowResult.median(excess) <= 0
        outcome =
            switch (byMinimum, byMedian) {
            case (true, true): .reached
            case (true, false): .minimumOnly
            case (false, true): .medianOnly
            case (false, false): .missed
            }
    }
}
