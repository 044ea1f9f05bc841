/// Reads numbers and texts from bytes, one after the other, little-endian.
///
/// What lies outside the bytes reads as 0 and marks the cursor as failed, so that a reader of broken data checks once,
/// at its end, and nothing traps. Written without generics: the programs that look up symbols are often built without
/// optimization.
struct ByteCursor {
    private let start: UnsafePointer<UInt8>?
    /// How many bytes there are.
    let count: Int
    /// Where the next read begins, within `0...count`.
    private(set) var offset = 0
    /// Whether a read went outside the bytes.
    private(set) var failed = false

    init(_ bytes: UnsafeRawBufferPointer) {
        start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        count = start == nil ? 0 : bytes.count
    }

    /// Whether nothing is left, or a read has failed.
    var isAtEnd: Bool { failed || offset >= count }

    /// A cursor over a part of the bytes; over none if the part lies outside them.
    func part(_ from: Int, _ length: Int) -> ByteCursor {
        guard let start, from >= 0, length >= 0, from <= count, length <= count - from else {
            var empty = ByteCursor(UnsafeRawBufferPointer(start: nil, count: 0))
            empty.failed = true
            return empty
        }
        return ByteCursor(UnsafeRawBufferPointer(start: start + from, count: length))
    }

    mutating func seek(_ to: UInt64) {
        if to <= UInt64(count) { offset = Int(to) } else { fail() }
    }

    mutating func skip(_ length: UInt64) {
        if length <= UInt64(count - offset) { offset += Int(length) } else { fail() }
    }

    private mutating func fail() {
        failed = true
        offset = count
    }

    mutating func u8() -> UInt8 {
        guard offset < count, let start else {
            fail()
            return 0
        }
        let byte = start[offset]
        offset += 1
        return byte
    }

    /// An unsigned number of 0 to 8 bytes.
    mutating func unsigned(_ size: Int) -> UInt64 {
        guard size >= 0, size <= 8, size <= count - offset, let start else {
            fail()
            return 0
        }
        var value: UInt64 = 0
        var index = size
        while index > 0 {
            index -= 1
            value = value << 8 | UInt64(start[offset &+ index])
        }
        offset += size
        return value
    }

    mutating func u16() -> UInt16 { UInt16(truncatingIfNeeded: unsigned(2)) }
    mutating func u32() -> UInt32 { UInt32(truncatingIfNeeded: unsigned(4)) }
    mutating func u64() -> UInt64 { unsigned(8) }

    /// An unsigned number in base 128; bits beyond 64 are lost.
    mutating func uleb() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = u8()
            if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A signed number in base 128.
    mutating func sleb() -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = u8()
            if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
            shift += 7
            if byte < 0x80 {
                if byte & 0x40 != 0, shift < 64 { value |= UInt64.max << shift }
                return Int64(bitPattern: value)
            }
        }
    }

    /// Text up to a NUL.
    mutating func text() -> String {
        let from = offset
        skipText()
        guard !failed, let start else { return "" }
        return String(decoding: UnsafeBufferPointer(start: start + from, count: offset - from - 1), as: UTF8.self)
    }

    mutating func skipText() {
        while u8() != 0 {}
    }
}
