/// The tasks of a run, in the order in which the trace first speaks of them, found by number.
///
/// A run may have millions: the entries are one flat array of integers, and the index is open addressing over another, with
/// multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4) of the number mixed with a seed of the table's own, since
/// a damaged trace may hold any numbers.
public struct TaskTable: Sendable {
    /// The tasks.
    public internal(set) var entries: ContiguousArray<TaskEntry> = []
    /// For each taken slot a position in `entries` plus 1, below 32 bits of the hash; 0 is a free slot, and at most half are taken.
    ///
    /// By the bits most looks at another task's slot end there, and do not touch its entry, which would be a cache miss.
    private var slots: ContiguousArray<UInt64> = ContiguousArray(repeating: 0, count: 64)
    private let seed = UInt64.random(in: 0...UInt64.max)

    private static let positionMask: UInt64 = 0xFFFF_FFFF

    /// Makes an empty table.
    public init() {}

    /// The position of a task, if the trace speaks of it.
    public func position(of number: UInt64) -> Int? {
        let hash = hash(number)
        var slot = home(hash)
        while slots[slot] != 0 {
            if let position = match(slots[slot], number, hash) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The position of a task, which is added if it is new.
    mutating func insert(_ number: UInt64) -> Int {
        let hash = hash(number)
        var slot = home(hash)
        while slots[slot] != 0 {
            if let position = match(slots[slot], number, hash) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        entries.append(TaskEntry(number: number))
        slots[slot] = Self.taken(entries.count - 1, hash)
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: 0, count: slots.count * 2)
        for position in entries.indices {
            let hash = hash(entries[position].number)
            var slot = home(hash)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Self.taken(position, hash)
        }
    }

    private func match(_ taken: UInt64, _ number: UInt64, _ hash: UInt64) -> Int? {
        guard (taken ^ hash) & ~Self.positionMask == 0 else { return nil }
        let position = Int(taken & Self.positionMask) - 1
        return entries[position].number == number ? position : nil
    }

    private static func taken(_ position: Int, _ hash: UInt64) -> UInt64 {
        hash & ~positionMask | UInt64(truncatingIfNeeded: position + 1) & positionMask
    }

    private func hash(_ number: UInt64) -> UInt64 {
        let mixed = (number ^ seed) &* 0x9E37_79B9_7F4A_7C15
        return (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
    }

    /// The first slot to look at: from the middle of the hash, as the upper bits are kept to compare and the lowest mix least.
    private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 24) & (slots.count - 1) }
}
