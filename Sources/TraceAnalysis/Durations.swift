internal import Histogram

/// Durations of many tasks in little memory, of which percentiles are wanted: exact ones of few, with three digits of
/// many.
struct Durations: Sendable {
    /// All of them, as long as they are few: most groups of tasks are small, and a histogram is large and slow to make.
    private var few: ContiguousArray<UInt64> = []
    /// One, once they are many: in an array, as that changes in place, while to ask an optional copies a histogram each
    /// time.
    private var histograms: ContiguousArray<Histogram<UInt64>> = []
    private var longest: UInt64 = 0

    private static let maximumExact = 1024
    /// Longer ones come from damaged traces; the histogram need not grow for them.
    private static let maximumRecorded: UInt64 = 1 << 50

    mutating func add(_ duration: UInt64?) {
        guard let duration else { return }
        longest = max(longest, duration)
        if histograms.isEmpty {
            few.append(duration)
            if few.count > Self.maximumExact { makeHistogram() }
        } else {
            histograms[0].record(min(duration, Self.maximumRecorded))
        }
    }

    private mutating func makeHistogram() {
        // With room to grow: to resize it costs milliseconds.
        let room = 16 * min(max(longest, 1 << 20), Self.maximumRecorded)
        var made = Histogram<UInt64>(highestTrackableValue: room, numberOfSignificantValueDigits: .three)
        made.autoResize = true
        for duration in few { made.record(min(duration, Self.maximumRecorded)) }
        histograms = [made]
        few = []
    }

    var percentiles: TaskTimes.Percentiles? {
        if let histogram = histograms.first {
            func at(_ percentile: Double) -> UInt64 { min(longest, histogram.valueAtPercentile(percentile)) }
            return TaskTimes.Percentiles(
                count: histogram.totalCount, p50: at(50), p90: at(90), p99: at(99), max: longest)
        }
        guard !few.isEmpty else { return nil }
        let sorted = few.sorted()
        func at(_ percent: Int) -> UInt64 { sorted[(sorted.count * percent + 99) / 100 - 1] }
        return TaskTimes.Percentiles(
            count: UInt64(sorted.count), p50: at(50), p90: at(90), p99: at(99), max: longest)
    }
}
