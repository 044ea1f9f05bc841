/// Writes bytes as base64 (RFC 4648), a piece at a time.
struct Base64Writer {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private var output: ByteOutput
    /// Up to two bytes that do not make four digits yet, and how many.
    private var pending: UInt32 = 0
    private var count = 0

    init(to sink: @escaping ByteSink) { output = ByteOutput(to: sink) }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        pending = pending << 8 | UInt32(byte)
        count += 1
        if count == 3 { flush() }
    }

    /// A number in seven bits a byte, lowest first; each but the last has the highest bit set (LEB128).
    @inline(__always)
    mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// A number that may be negative: 0, -1, 1, -2 are written as 0, 1, 2, 3.
    @inline(__always)
    mutating func signed(_ number: Int64) { varint(UInt64(bitPattern: number << 1 ^ number >> 63)) }

    mutating func finish() {
        if count > 0 {
            let kept = count + 1
            while count < 3 { (pending, count) = (pending << 8, count + 1) }
            for place in 0..<4 { output.append(place < kept ? digit(place) : UInt8(ascii: "=")) }
        }
        output.flush()
    }

    @inline(__always)
    private mutating func flush() {
        for place in 0..<4 { output.append(digit(place)) }
        (pending, count) = (0, 0)
        output.flushIfFull()
    }

    private func digit(_ place: Int) -> UInt8 {
        Self.digits[Int(pending >> UInt32(18 - 6 * place)) & 63]
    }
}
