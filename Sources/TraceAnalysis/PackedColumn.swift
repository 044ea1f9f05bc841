/// A column of 4,096 numbers, each stored in as few bytes as the column's range needs.
///
/// 0 says that nothing is known, and stays 0; any other number is stored as its distance from a base below all of them.
/// Numbers that belong together are near each other, so that most columns take one to three bytes a row, and one that
/// holds nothing takes none. A number that does not fit makes the column be written anew, with room for as much again
/// on both sides: a few times in a column's life.
///
/// Its memory belongs to the owner of the column: a picture reads ten columns of each of many tasks, and to count
/// references would cost more than the reading.
struct PackedColumn {
    /// The rows of a column.
    static let capacity = 4096

    /// One below the least number that can be stored.
    private var base: UInt64 = 0
    /// The largest distance from `base` that can be stored.
    private var mask: UInt64 = 0
    /// Bytes a row; 0 where all rows are 0.
    private var width = 0
    /// The rows that were ever written: those behind them are 0.
    private var rows = 0
    // Rows are loaded by eight bytes: the last has as many behind it. Where all rows are 0 there is nothing.
    private var bytes = PackedColumn.nothing

    private nonisolated(unsafe) static let nothing: UnsafeMutableRawPointer = {
        let nothing = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
        nothing.storeBytes(of: 0, as: UInt64.self)
        return nothing
    }()

    private var size: Int { Self.capacity * width + 8 }

    /// Gives the memory back; the column is not used again.
    func free() { if width > 0 { bytes.deallocate() } }

    /// A column of the same numbers with memory of its own.
    func copy() -> PackedColumn {
        var copy = self
        if width > 0 {
            copy.bytes = .allocate(byteCount: size, alignment: 8)
            copy.bytes.copyMemory(from: bytes, byteCount: size)
        }
        return copy
    }

    /// The number in a row, which is below `capacity`.
    @inline(__always)
    subscript(row: Int) -> UInt64 {
        let raw = bytes.loadUnaligned(fromByteOffset: row &* width, as: UInt64.self) & mask
        return raw == 0 ? 0 : base &+ raw
    }

    /// Writes the number of a row, which is below `capacity`.
    @inline(__always)
    mutating func set(_ row: Int, _ value: UInt64) {
        if value == 0 {
            if width > 0 { store(row, 0) }
            return
        }
        if value <= base || value &- base > mask { widen(for: value) }
        store(row, value &- base)
        if row >= rows { rows = row &+ 1 }
    }

    @inline(__always)
    private mutating func store(_ row: Int, _ raw: UInt64) {
        let place = bytes + row &* width
        place.storeBytes(of: place.loadUnaligned(as: UInt64.self) & ~mask | raw, as: UInt64.self)
    }

    @inline(never)
    private mutating func widen(for value: UInt64) {
        var (least, most) = (value, value)
        for row in 0..<rows {
            let known = self[row]
            if known == 0 { continue }
            least = min(least, known)
            most = max(most, known)
        }
        var wide = PackedColumn()
        wide.width = 1
        // At most half full: numbers that go on in one direction would otherwise make it be written anew each time.
        while wide.width < 8, most - least > UInt64(1) << (8 * UInt64(wide.width) - 1) - 2 { wide.width += 1 }
        wide.mask = wide.width == 8 ? UInt64.max : UInt64(1) << (8 * UInt64(wide.width)) - 1
        let room = (wide.mask - 1 - (most - least)) / 2
        wide.base = wide.width == 8 || least - 1 < room ? 0 : least - 1 - room
        wide.bytes = .allocate(byteCount: wide.size, alignment: 8)
        wide.bytes.initializeMemory(as: UInt8.self, repeating: 0, count: wide.size)
        wide.rows = rows
        for row in 0..<rows {
            let known = self[row]
            if known != 0 { wide.store(row, known - wide.base) }
        }
        free()
        self = wide
    }
}
