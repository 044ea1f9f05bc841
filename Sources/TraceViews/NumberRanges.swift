/// Numbers as ranges, `1-3, 7`.
enum NumberRanges {
    /// The text of numbers, smallest first.
    static func text(_ numbers: [UInt32]) -> String {
        var ranges: [ClosedRange<UInt32>] = []
        for number in Set(numbers).sorted() {
            if let last = ranges.last, last.upperBound &+ 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }
}
