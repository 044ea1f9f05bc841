internal import Histogram

/// Durations of many tasks in little memory, of which percentiles are wanted.
struct Durations: Sendable {
    private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    private var longest: UInt64 = 0
    /// Longer ones come from damaged traces; the histogram need not grow for them.
    private static let longestRecorded: UInt64 = 1 << 50

    mutating func add(_ duration: UInt64?) {
        guard let duration else { return }
        longest = max(longest, duration)
        histogram.record(min(duration, Self.longestRecorded))
    }

    var percentiles: TaskTimes.Percentiles? {
        guard histogram.totalCount > 0 else { return nil }
        func at(_ percentile: Double) -> UInt64 { min(longest, histogram.valueAtPercentile(percentile)) }
        return TaskTimes.Percentiles(
            count: histogram.totalCount, p50: at(50), p90: at(90), p99: at(99), max: longest)
    }
}
