/// The tasks of a run, found by number.
///
/// The index is open addressing, with multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4) of the
/// number mixed with a seed of the table's own, since a damaged trace may hold any numbers.
public struct TaskTable: Sendable {
    /// The tasks.
    public internal(set) var entries = TaskEntries()
    /// For each taken slot a position in `entries` plus 1, in as many bits as number the slots, and above them bits of
    /// the hash; 0 is a free slot, and at most seven in eight are taken.
    ///
    /// By the bits most looks at another task's slot end there, and do not touch its number, which would be a cache
    /// miss.
    private var slots: ContiguousArray<UInt32> = ContiguousArray(repeating: 0, count: 64)
    private let seed = UInt64.random(in: 0...UInt64.max)

    private var positionMask: UInt32 { UInt32(truncatingIfNeeded: slots.count - 1) }

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
        entries.append(number: number)
        slots[slot] = taken(entries.count - 1, hash)
        if entries.count * 8 > slots.count * 7 { grow() }
        return entries.count - 1
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: 0, count: slots.count * 2)
        for position in entries.indices {
            let hash = hash(entries.number(at: position))
            var slot = home(hash)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = taken(position, hash)
        }
    }

    private func match(_ taken: UInt32, _ number: UInt64, _ hash: UInt64) -> Int? {
        guard (taken ^ Self.compared(hash)) & ~positionMask == 0 else { return nil }
        let position = Int(taken & positionMask) - 1
        return entries.number(at: position) == number ? position : nil
    }

    private func taken(_ position: Int, _ hash: UInt64) -> UInt32 {
        Self.compared(hash) & ~positionMask | UInt32(truncatingIfNeeded: position + 1) & positionMask
    }

    private func hash(_ number: UInt64) -> UInt64 {
        let mixed = (number ^ seed) &* 0x9E37_79B9_7F4A_7C15
        return (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
    }

    /// The upper bits of the hash, which are kept to compare.
    private static func compared(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

    /// The first slot to look at: from the middle of the hash, below the bits that are compared, as the lowest mix
    /// least.
    private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 24) & (slots.count - 1) }
}
