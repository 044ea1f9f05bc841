/// A tournament of streams for the earliest event.
///
/// A tree of losers (Knuth, The Art of Computer Programming, volume 3, 5.4.1): a step costs one comparison a level.
/// Events of equal time are in the order of streams.
struct MergeTree {
    private struct Entry {
        var time: Int64
        var stream: Int

        @inline(__always)
        static func < (first: Entry, second: Entry) -> Bool {
            first.time < second.time || first.time == second.time && first.stream < second.stream
        }
    }

    /// Stands for a stream that has ended: after every event.
    private static let ended = Entry(time: .max, stream: .max)

    private let count: Int
    /// Entry 0 is the winner, 1..<count are the losers of the matches; the leaf of stream i would be entry count + i.
    private let entries: UnsafeMutablePointer<Entry>

    /// Plays all matches; there must be at least one stream.
    init(times: [Int64]) {
        count = times.count
        entries = .allocate(capacity: max(count, 1))
        entries.initialize(repeating: Self.ended, count: max(count, 1))
        var winners = [Entry](repeating: Self.ended, count: 2 * count)
        for (stream, time) in times.enumerated() { winners[count + stream] = Entry(time: time, stream: stream) }
        for node in stride(from: count - 1, to: 0, by: -1) {
            let (first, second) = (winners[2 * node], winners[2 * node + 1])
            (winners[node], entries[node]) = first < second ? (first, second) : (second, first)
        }
        if count > 0 { entries[0] = winners[1] }
    }

    /// Gives the memory back.
    func deallocate() { entries.deallocate() }

    /// The stream of the earliest event; beyond the number of streams when all have ended.
    var winner: Int { entries[0].stream }

    /// Plays the winner's matches again, whose next event has another time.
    ///
    /// - Returns: The new winner.
    @inline(__always)
    func replay(_ stream: Int, time: Int64, hasEnded: Bool) -> Int {
        var winner = hasEnded ? Self.ended : Entry(time: time, stream: stream)
        var node = (count &+ stream) >> 1
        while node > 0 {
            let other = entries[node]
            if other < winner {
                entries[node] = winner
                winner = other
            }
            node >>= 1
        }
        entries[0] = winner
        return winner.stream
    }
}
