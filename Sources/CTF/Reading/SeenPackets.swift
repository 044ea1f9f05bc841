/// Which packets of a stream were read, by their sequence numbers, or, in traces without, by what their headers say.
///
/// Sequence numbers are kept as ranges, one in a stream that is whole. What a damaged stream can make it grow to is
/// bounded: then packets that come again are not noticed.
struct SeenPackets {
    private static let most = 16384

    private var ranges: [ClosedRange<UInt64>] = []
    private var headers: Set<Int> = []

    /// Adds a packet with a sequence number and a beginning.
    ///
    /// - Returns: false if it was there before, or, when no more beginnings are kept, its number.
    mutating func insert(_ sequence: UInt64, begin: UInt64?) -> Bool {
        let isFull = headers.count >= Self.most
        let isNewNumber = insert(sequence)
        let isNewHeader = insert(header: [sequence, begin ?? 0])
        return isNewNumber || isNewHeader && !isFull
    }

    /// Adds a sequence number.
    ///
    /// - Returns: false if it was there before.
    private mutating func insert(_ sequence: UInt64) -> Bool {
        // The last range that begins at or before the number.
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= sequence { low = middle + 1 } else { high = middle }
        }
        let before = low - 1
        if before >= 0, ranges[before].contains(sequence) { return false }
        let joinsBefore = before >= 0 && ranges[before].upperBound &+ 1 == sequence
        let joinsAfter = low < ranges.count && sequence < .max && ranges[low].lowerBound == sequence + 1
        switch (joinsBefore, joinsAfter) {
        case (true, true):
            ranges[before] = ranges[before].lowerBound...ranges[low].upperBound
            ranges.remove(at: low)
        case (true, false): ranges[before] = ranges[before].lowerBound...sequence
        case (false, true): ranges[low] = sequence...ranges[low].upperBound
        case (false, false): if ranges.count < Self.most { ranges.insert(sequence...sequence, at: low) }
        }
        return true
    }

    /// Adds what a packet says of itself.
    ///
    /// - Returns: false if it was there before.
    mutating func insert(header: [UInt64]) -> Bool {
        let hash = header.hashValue
        if headers.contains(hash) { return false }
        if headers.count < Self.most { headers.insert(hash) }
        return true
    }
}
