extension Run {
    /// A time in which a task waited for another.
    public struct Wait: Sendable, Equatable {
        /// The number of the task that waited; that of a root where none did.
        public let task: UInt64
        /// The number of the task that it waited for.
        public let awaited: UInt64
        /// When it began, in nanoseconds on the trace's clock.
        public let start: UInt64
        private var end: UInt64

        /// No wait ends then.
        private static let open = UInt64.max

        init(task: UInt64, awaited: UInt64, start: UInt64) {
            self.task = task
            self.awaited = awaited
            self.start = start
            end = Self.open
        }

        /// When it ended, not before it began; `nil` where the trace ends before.
        public internal(set) var ended: UInt64? {
            get { end == Self.open ? nil : end }
            set { end = newValue.map { max(start, min($0, Self.open - 1)) } ?? Self.open }
        }
    }
}

/// Makes waits from their starts and ends, given in time order; an end whose start is lost is left out.
struct WaitBuilder {
    private struct Pair: Hashable {
        let task: UInt64
        let awaited: UInt64
    }

    private(set) var waits = ChunkedArray<Run.Wait>()
    /// The positions of those that go on: of one pair more than one only where several threads wait in one task.
    private var open: [Pair: [Int]] = [:]

    mutating func start(_ task: UInt64, awaited: UInt64, at time: UInt64) {
        open[Pair(task: task, awaited: awaited), default: []].append(waits.count)
        waits.append(Run.Wait(task: task, awaited: awaited, start: time))
    }

    mutating func end(_ task: UInt64, awaited: UInt64, at time: UInt64) {
        let pair = Pair(task: task, awaited: awaited)
        guard let last = open[pair]?.popLast() else { return }
        if open[pair]?.isEmpty == true { open[pair] = nil }
        waits[last].ended = time
    }
}
