/// The tasks of a list in the order in which it shows them, sorted as far as it has been looked at.
///
/// Of millions of tasks a screen shows fifty: one pass collects the first few thousand, and forgets the others on the
/// way. Who goes on reading has four times as many sorted; who looks at the end has them sorted from there.
public struct TaskOrder {
    /// What a list is sorted by.
    public enum Key: String, Sendable, CaseIterable {
        /// The order in which the trace first speaks of them.
        case submission
        /// The longest first.
        case wait, run
        /// Those first that somebody has to look at.
        case state
        /// By number and by letter.
        case worker, name
    }

    /// How many tasks there are.
    public let count: Int
    /// Those that pass, in the order of the trace; nil where all do.
    private let passed: ContiguousArray<UInt32>?
    private let run: Run
    private let key: Key
    private let isReversed: Bool
    private let nameRanks: [UInt32: UInt64]
    /// From the first row on.
    private var head: ContiguousArray<UInt32> = []
    /// From the last row back.
    private var tail: ContiguousArray<UInt32> = []

    private static let firstSorted = 4096

    /// Looks at which tasks pass.
    public init(_ run: Run, query: TaskQuery, key: Key, isReversed: Bool) {
        self.run = run
        self.key = key
        self.isReversed = isReversed
        nameRanks = key == .name ? run.nameRanks() : [:]
        if query == TaskQuery(), run.tasks.entries.allSatisfy(\.isShown) {
            passed = nil
            count = run.tasks.entries.count
            return
        }
        var passed: ContiguousArray<UInt32> = []
        let bound = query.bound(to: run)
        for (position, task) in run.tasks.entries.enumerated() where bound.matches(task) {
            passed.append(UInt32(truncatingIfNeeded: position))
        }
        self.passed = passed
        count = passed.count
    }

    /// The position of the task in a row.
    public mutating func position(at row: Int) -> UInt32? {
        guard row >= 0, row < count else { return nil }
        if key == .submission { return position(isReversed ? count - 1 - row : row) }
        let isNearEnd = row > count / 2
        let place = isNearEnd ? count - 1 - row : row
        if place >= (isNearEnd ? tail : head).count {
            let wanted = max(Self.firstSorted, min(count, (place + 1) * 4))
            if isNearEnd { tail = sorted(wanted, fromEnd: true) } else { head = sorted(wanted, fromEnd: false) }
        }
        let sorted = isNearEnd ? tail : head
        return place < sorted.count ? sorted[place] : nil
    }

    /// The row of a task, if it is among those looked at.
    public mutating func row(of position: UInt32) -> Int? {
        guard key == .submission else {
            if head.isEmpty { head = sorted(Self.firstSorted, fromEnd: false) }
            return head.firstIndex(of: position) ?? tail.firstIndex(of: position).map { count - 1 - $0 }
        }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self.position(middle) < position { low = middle + 1 } else { high = middle }
        }
        guard low < count, self.position(low) == position else { return nil }
        return isReversed ? count - 1 - low : low
    }

    /// The position of a task by its place among those that pass.
    private func position(_ place: Int) -> UInt32 { passed?[place] ?? UInt32(truncatingIfNeeded: place) }

    /// The first rows, or the last ones backwards.
    private func sorted(_ wanted: Int, fromEnd: Bool) -> ContiguousArray<UInt32> {
        var chosen: ContiguousArray<(value: UInt64, position: UInt32)> = []
        chosen.reserveCapacity(min(count, 2 * wanted))
        // Among equals the one that is met first comes first, as the last ones are met backwards.
        func sort() {
            chosen.sort {
                if $0.value != $1.value { return $0.value > $1.value }
                return fromEnd ? $0.position > $1.position : $0.position < $1.position
            }
        }
        var least: UInt64?
        for number in 0..<count {
            let position = position(fromEnd ? count - 1 - number : number)
            let value = fromEnd ? UInt64.max - value(position) : value(position)
            if let least, value <= least { continue }
            chosen.append((value, position))
            guard chosen.count == 2 * wanted else { continue }
            sort()
            chosen.removeLast(wanted)
            least = chosen.last?.value
        }
        sort()
        return ContiguousArray(chosen.lazy.prefix(wanted).map(\.position))
    }

    /// Larger comes first.
    private func value(_ position: UInt32) -> UInt64 {
        let task = run.tasks.entries[Int(position)]
        let value: UInt64 =
            switch key {
            case .submission: UInt64.max - UInt64(position)
            case .wait: task.queueWait ?? 0
            case .run: run.runTime(of: task) ?? task.started.map { max($0, run.end) - $0 } ?? 0
            case .state: 100 - UInt64(Self.states.firstIndex(of: run.state(of: task)) ?? 0)
            case .worker: UInt64(UInt32.max - task.worker)
            case .name: 1 << 32 - (nameRanks[task.name] ?? 1 << 31)
            }
        return isReversed ? UInt64.max - value : value
    }

    private static let states: [TaskEntry.State] = [
        .failed, .notEnded, .notStarted, .cancelled, .overwritten, .succeeded,
    ]
}
