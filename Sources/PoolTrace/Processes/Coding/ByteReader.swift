/// Reads encoded bytes, each of which may be anything: nothing is read beyond the end, and no size is believed.
@usableFromInline
struct ByteReader {
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline let end: Int
    @usableFromInline var place: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        // An empty buffer has no address, and is never read from.
        base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 16)!
        end = bytes.count
        place = 0
    }

    /// A part of what another one reads: `place` is inside it.
    private init(_ reader: ByteReader, from place: Int, to end: Int) {
        base = reader.base
        self.end = end
        self.place = place
    }

    var isAtEnd: Bool { place >= end }
    @inlinable var left: Int { end &- place }

    /// The number behind a tag, as `make` makes it; `nil`, with nothing read, if something else comes or it makes
    /// nothing.
    @inlinable
    @inline(__always)
    mutating func readNumber<Value: BitwiseCopyable, Number>(
        _ tag: ValueTag, _: Value.Type, _ make: (Value) -> Number?
    ) -> Number? {
        guard left > MemoryLayout<Value>.size, base.load(fromByteOffset: place, as: UInt8.self) == tag.rawValue,
            let number = make(base.loadUnaligned(fromByteOffset: place &+ 1, as: Value.self))
        else { return nil }
        place &+= 1 &+ MemoryLayout<Value>.size
        return number
    }

    @inline(__always)
    mutating func read<Value: BitwiseCopyable>(_: Value.Type = Value.self) throws -> Value {
        guard left >= MemoryLayout<Value>.size else { throw MessageError.cutShort(byte: place) }
        defer { place &+= MemoryLayout<Value>.size }
        return base.loadUnaligned(fromByteOffset: place, as: Value.self)
    }

    /// The next bytes, in place.
    mutating func readBytes(_ count: UInt64) throws -> UnsafeRawBufferPointer {
        guard let count = Int(exactly: count), count <= left else { throw MessageError.cutShort(byte: place) }
        defer { place &+= count }
        return UnsafeRawBufferPointer(start: base + place, count: count)
    }

    mutating func readText() throws -> String {
        let count = try read(UInt32.self)
        return String(decoding: try readBytes(UInt64(count)), as: UTF8.self)
    }

    /// A reader of the next bytes, which this one steps over.
    mutating func readPart(_ count: UInt64) throws -> ByteReader {
        guard let count = Int(exactly: count), count <= left else { throw MessageError.cutShort(byte: place) }
        defer { place &+= count }
        return ByteReader(self, from: place, to: place &+ count)
    }
}
