internal import PoolModel

/// Where an axis has ticks, and what they are called: at 1, 2 or 5 times a power of ten, with room for a label at each.
struct TimeAxis {
    struct Tick: Equatable {
        let column: Int
        let label: String
    }

    private(set) var ticks: [Tick] = []

    /// Room for a tick, its label and a space.
    private static let spacing = 10
    /// This many columns stand behind the axis.
    private static let margin = 7

    /// - Parameters:
    ///   - from: Where the axis begins, in nanoseconds since the run's start.
    ///   - to: Where it ends.
    ///   - columns: How wide it is.
    init(from: UInt64, to: UInt64, columns: Int) {
        let range = to > from ? to - from : 1
        let most = UInt64(max(1, columns / Self.spacing))
        let step = Self.step(atLeast: range / most + 1)
        // Labels have three digits: far into a run they would all be the same, so they count from the axis's own begin.
        let isRelative = from / step >= 100
        let base = isRelative ? from : 0
        var time = isRelative ? from : from.isMultiple(of: step) ? from : (from / step + 1) &* step
        while time >= from, time <= to, ticks.count <= columns {
            let column = Int(Double(time - from) / Double(range) * Double(columns))
            let offset = time - base
            let label =
                offset == 0
                ? (isRelative ? "+0" : "0") : (isRelative ? "+" : "") + DurationText.text(nanoseconds: offset)
            guard column + label.utf8.count + 1 <= columns + Self.margin else { break }
            ticks.append(Tick(column: column, label: label))
            let (next, overflow) = time.addingReportingOverflow(step)
            if overflow { break }
            time = next
        }
    }

    private static func step(atLeast least: UInt64) -> UInt64 {
        var power: UInt64 = 1
        while true {
            for factor: UInt64 in [1, 2, 5] where power * factor >= least { return power * factor }
            // The largest power of ten: there is no longer axis.
            if power >= 1_000_000_000_000_000_000 { return power }
            power *= 10
        }
    }
}
