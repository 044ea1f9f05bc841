/// How to load one integer from a packet: decided once for each field, so that a load is a switch and a machine load.
///
/// A load touches only the bytes that the integer occupies, so a caller that has checked that the integer ends within
/// the packet needs no other check.
struct BitLoad {
    enum Kind: UInt8 {
        case byte, little16, little32, little64, big16, big32, big64
        /// Any bit position and width.
        case littleBits, bigBits
        /// Any bit position and width, in the reverse bit order (`IntegerClass.isReversed`).
        case littleReversed, bigReversed
    }

    /// From the base that the load is relative to.
    var bitOffset: Int
    var mask: UInt64
    var kind: Kind
    var bits: UInt8
    /// For the kinds that load whole words: how far the integer stands from the word's lowest bit.
    var shift: UInt8
    var isSigned: Bool

    static let none = BitLoad(bitOffset: 0, mask: 0, kind: .littleBits, bits: 0, shift: 0, isSigned: false)
}

extension BitLoad {
    /// - Parameter baseIsByte: the base that offsets count from is known to be at a byte.
    init(_ integer: IntegerClass, at bitOffset: Int, baseIsByte: Bool) {
        self.init(
            bits: integer.bits, isSigned: integer.isSigned, order: integer.byteOrder, isReversed: integer.isReversed,
            at: bitOffset, baseIsByte: baseIsByte)
    }

    init(_ float: FloatingPointClass, at bitOffset: Int, baseIsByte: Bool) {
        self.init(
            bits: float.bits, isSigned: false, order: float.byteOrder, isReversed: float.isReversed, at: bitOffset,
            baseIsByte: baseIsByte)
    }

    private init(
        bits: Int, isSigned: Bool, order: ByteOrder, isReversed: Bool, at bitOffset: Int, baseIsByte: Bool
    ) {
        let mask: UInt64 = bits >= 64 ? ~0 : (1 << UInt64(bits)) - 1
        let inByte = bitOffset & 7
        var kind: Kind = order == .little ? .littleBits : .bigBits
        var shift = 0
        if isReversed {
            kind = order == .little ? .littleReversed : .bigReversed
        } else if baseIsByte {
            let bytes = (inByte + bits + 7) / 8
            switch (order, bytes) {
            // In a single byte big-endian bits count from its top.
            case (.big, 1): (kind, shift) = (.byte, 8 - inByte - bits)
            case (.little, 1): (kind, shift) = (.byte, inByte)
            case (.little, 2): (kind, shift) = (.little16, inByte)
            case (.little, 4): (kind, shift) = (.little32, inByte)
            case (.little, 8): (kind, shift) = (.little64, inByte)
            case (.big, 2): (kind, shift) = (.big16, 16 - inByte - bits)
            case (.big, 4): (kind, shift) = (.big32, 32 - inByte - bits)
            case (.big, 8): (kind, shift) = (.big64, 64 - inByte - bits)
            default: break
            }
        }
        self.init(
            bitOffset: bitOffset, mask: mask, kind: kind, bits: UInt8(bits), shift: UInt8(shift), isSigned: isSigned)
    }

    /// How to take the integer out of eight bytes, if it is little-endian and they hold all of it.
    var word: (byte: Int, shift: UInt64, mask: UInt64)? {
        switch kind {
        // A byte is the lowest of the eight in either order: 5 bits beside 27 are the id of most compact headers.
        case .byte, .little16, .little32, .little64: (bitOffset >> 3, UInt64(shift), mask)
        // Eight bytes hold what no machine word does: 27 bits beside 5 others, 24 bits.
        case .littleBits where bitOffset & 7 + Int(bits) <= 64: (bitOffset >> 3, UInt64(bitOffset & 7), mask)
        default: nil
        }
    }

    /// The integer's bits, zero-extended.
    @inline(__always)
    func unsigned(_ packet: UnsafeRawPointer, base: Int) -> UInt64 {
        let bit = base &+ bitOffset
        let address = packet + bit >> 3
        let word: UInt64
        switch kind {
        case .byte: word = UInt64(address.load(as: UInt8.self))
        case .little16: word = UInt64(UInt16(littleEndian: address.loadUnaligned(as: UInt16.self)))
        case .little32: word = UInt64(UInt32(littleEndian: address.loadUnaligned(as: UInt32.self)))
        case .little64: word = UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
        case .big16: word = UInt64(UInt16(bigEndian: address.loadUnaligned(as: UInt16.self)))
        case .big32: word = UInt64(UInt32(bigEndian: address.loadUnaligned(as: UInt32.self)))
        case .big64: word = UInt64(bigEndian: address.loadUnaligned(as: UInt64.self))
        case .littleBits: return Self.bytewise(packet, bit: bit, count: Int(bits), isBig: false)
        case .bigBits: return Self.bytewise(packet, bit: bit, count: Int(bits), isBig: true)
        case .littleReversed: return reversed(Self.bytewise(packet, bit: bit, count: Int(bits), isBig: false))
        case .bigReversed: return reversed(Self.bytewise(packet, bit: bit, count: Int(bits), isBig: true))
        }
        return word &>> UInt64(shift) & mask
    }

    /// The integer, sign-extended where it is signed.
    @inline(__always)
    func extended(_ packet: UnsafeRawPointer, base: Int) -> UInt64 {
        let value = unsigned(packet, base: base)
        guard isSigned else { return value }
        let unused = UInt64(64 &- Int(bits))
        return UInt64(bitPattern: Int64(bitPattern: value &<< unused) &>> Int64(unused))
    }

    private func reversed(_ value: UInt64) -> UInt64 {
        var (value, result) = (value, UInt64(0))
        for _ in 0..<bits {
            result = result << 1 | value & 1
            value >>= 1
        }
        return result
    }

    /// An integer that no load of a word has as a whole, byte by byte.
    @inline(never)
    private static func bytewise(_ packet: UnsafeRawPointer, bit: Int, count: Int, isBig: Bool) -> UInt64 {
        var result: UInt64 = 0
        var taken = 0
        while taken < count {
            let position = bit + taken
            let inByte = position & 7
            let take = min(8 - inByte, count - taken)
            let byte = UInt64(packet.load(fromByteOffset: position >> 3, as: UInt8.self))
            let part = byte >> UInt64(isBig ? 8 - inByte - take : inByte) & ((1 << UInt64(take)) - 1)
            result = isBig ? result << UInt64(take) | part : result | part << UInt64(taken)
            taken += take
        }
        return result
    }
}
