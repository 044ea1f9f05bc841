/// Writes the wire format of protocol buffers: https://protobuf.dev/programming-guides/encoding.
///
/// A message's length stands before it and is known behind it: four bytes are left for it, and filled with a varint
/// that says in each byte that another follows. Every reader takes that; Perfetto's own writer does the same.
struct ProtobufWriter {
    private var output: ByteOutput
    /// What fits into the four bytes is 2^28: no text may come near.
    private static let maximumTextLength = 1 << 20

    init(to sink: @escaping ByteSink) { output = ByteOutput(to: sink) }

    mutating func finish() { output.flush() }

    /// To be called between two messages of the outermost level.
    @inline(__always)
    mutating func flushIfFull() { output.flushIfFull() }

    @inline(__always)
    mutating func varint(_ field: Int, _ number: UInt64) {
        raw(UInt64(truncatingIfNeeded: field << 3))
        raw(number)
    }

    @inline(__always)
    mutating func varint(_ field: Int, signed number: Int64) { varint(field, UInt64(bitPattern: number)) }

    @inline(__always)
    mutating func fixed64(_ field: Int, _ number: UInt64) {
        raw(UInt64(truncatingIfNeeded: field << 3 | 1))
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            output.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func text(_ field: Int, _ text: String) {
        raw(UInt64(truncatingIfNeeded: field << 3 | 2))
        let text =
            text.utf8.count > Self.maximumTextLength
            ? String(text.unicodeScalars.prefix(Self.maximumTextLength / 4)) : text
        raw(UInt64(text.utf8.count))
        output.append(text)
    }

    @inline(__always)
    mutating func message(_ field: Int, _ fields: (inout ProtobufWriter) -> Void) {
        raw(UInt64(truncatingIfNeeded: field << 3 | 2))
        let place = output.count
        for _ in 0..<4 { output.append(0) }
        fields(&self)
        let length = output.count - place - 4
        func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: length >> (7 * index)) & 0x7F }
        output.replace(at: place, with: (byte(0) | 0x80, byte(1) | 0x80, byte(2) | 0x80, byte(3)))
    }

    @inline(__always)
    private mutating func raw(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }
}
