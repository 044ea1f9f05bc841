internal import TraceAnalysis

/// The tasks of a list in the order in which it shows them, sorted as far as it has been looked at.
///
/// Of millions of tasks a screen shows fifty: one pass counts the values by their size (64 powers of two in 16 parts), which says where
/// the first few thousand end; only these are collected and sorted. Who goes on reading has four times as many sorted.
struct TaskOrder {
    /// What a list is sorted by.
    enum Key: String, CaseIterable {
        case submission, wait, run, state, worker, name
    }

    /// How many tasks there are.
    let count: Int
    /// Those that pass, in the order of the trace.
    private let passed: ContiguousArray<UInt32>
    private let run: Run
    private let key: Key
    private let isReversed: Bool
    private let nameRanks: [UInt32: UInt64]
    private var sorted: ContiguousArray<UInt32> = []

    private static let firstSorted = 4096

    init(_ run: Run, query: TaskWords, key: Key, isReversed: Bool) {
        self.run = run
        self.key = key
        self.isReversed = isReversed
        var passed: ContiguousArray<UInt32> = []
        let bound = query == .open ? nil : TaskWords.Bound(query, run)
        for (position, task) in run.tasks.entries.enumerated() where task.isShown && bound?.matches(task) ?? true {
            passed.append(UInt32(truncatingIfNeeded: position))
        }
        self.passed = passed
        count = passed.count
        nameRanks = key == .name ? run.nameRanks() : [:]
    }

    /// The position of the task in a row.
    mutating func position(at row: Int) -> UInt32? {
        guard passed.indices.contains(row) else { return nil }
        if key == .submission { return passed[isReversed ? count - 1 - row : row] }
        if row >= sorted.count { sort(atLeast: max(Self.firstSorted, min(count, (row + 1) * 4))) }
        return row < sorted.count ? sorted[row] : nil
    }

    /// The row of a task, if it is among those looked at.
    func row(of position: UInt32) -> Int? {
        guard key == .submission else { return sorted.firstIndex(of: position) }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if passed[middle] < position { low = middle + 1 } else { high = middle }
        }
        guard low < count, passed[low] == position else { return nil }
        return isReversed ? count - 1 - low : low
    }

    private mutating func sort(atLeast wanted: Int) {
        var counts = [Int](repeating: 0, count: 64 * 16)
        for position in passed { counts[Self.bucket(value(position))] += 1 }
        var threshold = counts.count - 1
        var total = counts[threshold]
        while total < wanted, threshold > 0 {
            threshold -= 1
            total += counts[threshold]
        }
        var chosen: [(value: UInt64, position: UInt32)] = []
        chosen.reserveCapacity(total)
        for position in passed {
            let value = value(position)
            if Self.bucket(value) >= threshold { chosen.append((value, position)) }
        }
        // Many of equal value are in order already, which takes one pass.
        chosen.sort { $0.value != $1.value ? $0.value > $1.value : $0.position < $1.position }
        sorted = ContiguousArray(chosen.map(\.position))
    }

    /// Larger comes first.
    private func value(_ position: UInt32) -> UInt64 {
        let task = run.tasks.entries[Int(position)]
        let value: UInt64 =
            switch key {
            case .submission: UInt64.max - UInt64(position)
            case .wait: task.queueWait ?? 0
            case .run: task.started.map { max($0, task.ended ?? run.end) &- $0 } ?? 0
            case .state: 100 - UInt64(Self.states.firstIndex(of: run.state(of: task)) ?? 0)
            case .worker: UInt64(UInt32.max - task.worker)
            case .name: 1 << 32 - (nameRanks[task.name] ?? 1 << 31)
            }
        return isReversed ? UInt64.max - value : value
    }

    private static let states: [TaskEntry.State] = [
        .failed, .notEnded, .notStarted, .cancelled, .overwritten, .succeeded,
    ]

    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 16 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 3) * 16 + Int((value >> UInt64(exponent - 4)) & 15)
    }
}
