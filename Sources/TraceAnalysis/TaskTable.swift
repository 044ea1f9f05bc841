/// The tasks of a run, in the order in which the trace first speaks of them, found by number.
///
/// A run may have millions: the entries are one flat array of integers, and the index is open addressing over another, with
/// multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4) of the number mixed with a seed of the table's own, since
/// a damaged trace may hold any numbers.
public struct TaskTable: Sendable {
    /// The tasks.
    public internal(set) var entries: ContiguousArray<TaskEntry> = []
    /// Positions in `entries` plus 1, or 0 for a free slot; at most half are taken.
    private var slots: ContiguousArray<UInt32> = ContiguousArray(repeating: 0, count: 64)
    private var shift: UInt64 = 58
    private let seed = UInt64.random(in: 0...UInt64.max)

    /// Makes an empty table.
    public init() {}

    /// The position of a task, if the trace speaks of it.
    public func position(of number: UInt64) -> Int? {
        var slot = home(number)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if entries[position].number == number { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The position of a task, which is added if it is new.
    mutating func insert(_ number: UInt64) -> Int {
        var slot = home(number)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if entries[position].number == number { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        entries.append(TaskEntry(number: number))
        slots[slot] = UInt32(truncatingIfNeeded: entries.count)
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: 0, count: slots.count * 2)
        shift -= 1
        for position in entries.indices {
            var slot = home(entries[position].number)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(truncatingIfNeeded: position + 1)
        }
    }

    private func home(_ number: UInt64) -> Int {
        let mixed = (number ^ seed) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: ((mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93) >> shift)
    }
}
