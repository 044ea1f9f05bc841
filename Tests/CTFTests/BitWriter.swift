import CTF

/// Writes the bits of a packet as a tracer does, one field at a time.
struct BitWriter {
    let order: ByteOrder
    private(set) var bytes: [UInt8] = []
    private(set) var bits = 0

    init(_ order: ByteOrder) { self.order = order }

    mutating func align(_ alignment: Int) {
        bits = (bits + alignment - 1) / alignment * alignment
        while bytes.count * 8 < bits { bytes.append(0) }
    }

    /// Appends the lowest `count` bits of a value: little-endian ones fill bytes from their lowest bit, big-endian from
    /// the highest.
    mutating func append(_ value: UInt64, bits count: Int, align alignment: Int = 1) {
        align(alignment)
        for index in 0..<count {
            if bits % 8 == 0 { bytes.append(0) }
            let bit = order == .little ? value >> UInt64(index) & 1 : value >> UInt64(count - 1 - index) & 1
            let place = order == .little ? bits % 8 : 7 - bits % 8
            bytes[bytes.count - 1] |= UInt8(bit) << UInt8(place)
            bits += 1
        }
    }

    mutating func append(_ text: String) {
        align(8)
        bytes += Array(text.utf8) + [0]
        bits = bytes.count * 8
    }

    /// Pads to a size in bytes.
    mutating func pad(to size: Int) {
        while bytes.count < size { bytes.append(0) }
        bits = bytes.count * 8
    }

    /// Overwrites 64 bits at a byte: for sizes that are known in the end.
    mutating func patch(_ value: UInt64, at byte: Int) {
        for index in 0..<8 {
            bytes[byte + index] = UInt8(
                truncatingIfNeeded: value >> UInt64(order == .little ? index * 8 : 56 - index * 8))
        }
    }
}
