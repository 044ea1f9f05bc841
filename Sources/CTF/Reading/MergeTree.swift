/// A tournament of streams for the earliest event.
///
/// A tree of losers (Knuth, The Art of Computer Programming, volume 3, 5.4.1): a step costs one comparison a level, and
/// none while one stream goes on being the earliest (`isBeforeOthers`). Events of equal time are in the order of
/// streams.
public struct MergeTree: ~Copyable {
    @usableFromInline
    struct Entry {
        @usableFromInline var time: Int64
        @usableFromInline var stream: Int

        @inlinable
        init(time: Int64, stream: Int) { (self.time, self.stream) = (time, stream) }

        @inlinable
        @inline(__always)
        static func < (first: Entry, second: Entry) -> Bool {
            first.time < second.time || first.time == second.time && first.stream < second.stream
        }
    }

    /// Stands for a stream that has ended: after every event.
    @inlinable static var ended: Entry { Entry(time: .max, stream: .max) }

    @usableFromInline let count: Int
    /// Entry 0 is the winner, 1..<count are the losers of the matches; the leaf of stream i would be entry count + i.
    @usableFromInline let entries: UnsafeMutablePointer<Entry>
    /// The best of those that lost to the winner, who won second.
    @usableFromInline var second = Self.ended

    /// Plays all matches.
    ///
    /// - Parameter times: Of each stream the time of its first event; nil where it has none.
    public init(times: [Int64?]) {
        count = times.count
        entries = .allocate(capacity: max(count, 1))
        entries.initialize(repeating: Self.ended, count: max(count, 1))
        var winners = [Entry](repeating: Self.ended, count: 2 * count)
        for (stream, time) in times.enumerated() {
            if let time { winners[count + stream] = Entry(time: time, stream: stream) }
        }
        for node in stride(from: count - 1, to: 0, by: -1) {
            let (first, second) = (winners[2 * node], winners[2 * node + 1])
            (winners[node], entries[node]) = first < second ? (first, second) : (second, first)
        }
        if count > 0 { entries[0] = winners[1] }
        findSecond()
    }

    deinit { entries.deallocate() }

    /// The stream of the earliest event; beyond the number of streams when all have ended.
    @inlinable public var winner: Int { entries[0].stream }

    /// Whether the winner would still be with an event of this time.
    @inlinable
    @inline(__always)
    public func isBeforeOthers(_ time: Int64) -> Bool {
        time < second.time || time == second.time && entries[0].stream < second.stream
    }

    /// Plays the winner's matches again, whose next event has another time.
    ///
    /// - Parameter time: nil where the stream has ended.
    @inlinable
    public mutating func replay(time: Int64?) {
        let stream = entries[0].stream
        var winner = time.map { Entry(time: $0, stream: stream) } ?? Self.ended
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
        findSecond()
    }

    @inlinable
    @inline(__always)
    mutating func findSecond() {
        var best = Self.ended
        guard entries[0].stream < count else {
            second = best
            return
        }
        var node = (count &+ entries[0].stream) >> 1
        while node > 0 {
            if entries[node] < best { best = entries[node] }
            node >>= 1
        }
        second = best
    }
}
