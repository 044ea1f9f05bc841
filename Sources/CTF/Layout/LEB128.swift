/// Integers of variable length: seven bits in each byte, the lowest first, and a bit that says that more follow.
enum LEB128 {
    /// Reads one.
    ///
    /// - Parameters:
    ///   - start: In bits, at a byte.
    ///   - end: The content's.
    /// - Returns: The value, as the bits of a 64-bit integer; and the position after it in bits, or one of
    ///   `NodeWalker.Fault`'s where the content ends before, or 64 bits are not enough.
    static func integer(
        _ packet: UnsafeRawPointer, at start: Int, end: Int, isSigned: Bool
    ) -> (value: UInt64, next: Int) {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var place = start
        // Bits beyond the 64th must say nothing new: zeroes, or a negative number's ones.
        var beyond: (zeroes: Bool, ones: Bool) = (true, true)
        while place + 8 <= end {
            let byte = packet.load(fromByteOffset: place >> 3, as: UInt8.self)
            place += 8
            let bits = UInt64(byte & 0x7F)
            if shift < 64 { value |= bits << shift }
            let unused = shift < 64 ? min(7, 64 - shift) : 0
            if unused < 7 {
                let rest = bits >> unused
                beyond = (beyond.zeroes && rest == 0, beyond.ones && rest == 0x7F >> unused)
            }
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            if isSigned, shift < 64, byte & 0x40 != 0 { value |= ~0 << shift }
            let isNegative = isSigned && value >> 63 == 1
            return shift <= 64 || (isNegative ? beyond.ones : beyond.zeroes)
                ? (value, place) : (0, NodeWalker.Fault.tooLarge)
        }
        return (0, NodeWalker.Fault.contentEnds)
    }
}
