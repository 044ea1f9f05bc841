/// Numbers, texts and truths: encoded without a container.
@usableFromInline
enum PlainValue {
    /// Encodes the value if it is one of them.
    @inlinable
    @inline(__always)
    static func encode<Value>(_ value: Value, to sink: ByteSink) throws -> Bool {
        func signed<Number: SignedInteger & FixedWidthInteger>(_: Number.Type) throws -> Bool {
            try append(.signed, Int64(truncatingIfNeeded: unsafeBitCast(value, to: Number.self)), to: sink)
        }
        func unsigned<Number: UnsignedInteger & FixedWidthInteger>(_: Number.Type) throws -> Bool {
            try append(.unsigned, UInt64(truncatingIfNeeded: unsafeBitCast(value, to: Number.self)), to: sink)
        }
        if Value.self == Int.self { return try signed(Int.self) }
        if Value.self == String.self { return try encode(text: unsafeBitCast(value, to: String.self), to: sink) }
        if Value.self == Double.self { return try append(.double, unsafeBitCast(value, to: Double.self), to: sink) }
        if Value.self == Bool.self {
            try sink.append((unsafeBitCast(value, to: Bool.self) ? ValueTag.yes : .no).rawValue)
            return true
        }
        if Value.self == Float.self { return try append(.float, unsafeBitCast(value, to: Float.self), to: sink) }
        if Value.self == UInt8.self { return try unsigned(UInt8.self) }
        if Value.self == UInt64.self { return try unsigned(UInt64.self) }
        if Value.self == UInt32.self { return try unsigned(UInt32.self) }
        if Value.self == Int64.self { return try signed(Int64.self) }
        if Value.self == Int32.self { return try signed(Int32.self) }
        if Value.self == UInt.self { return try unsigned(UInt.self) }
        if Value.self == Int8.self { return try signed(Int8.self) }
        if Value.self == Int16.self { return try signed(Int16.self) }
        if Value.self == UInt16.self { return try unsigned(UInt16.self) }
        if Value.self == Int128.self { return try append(.wide, unsafeBitCast(value, to: Int128.self), to: sink) }
        if Value.self == UInt128.self { return try append(.wide, unsafeBitCast(value, to: UInt128.self), to: sink) }
        return false
    }

    @inlinable
    @inline(__always)
    static func append<Number: BitwiseCopyable>(
        _ tag: ValueTag, _ number: Number, to sink: ByteSink
    ) throws -> Bool {
        try sink.append(tag.rawValue)
        try sink.append(number)
        return true
    }

    @usableFromInline
    static func encode(text: String, to sink: ByteSink) throws -> Bool {
        guard text.utf8.count <= Int(UInt32.max) else { throw MessageError.tooLarge }
        try sink.append(ValueTag.text.rawValue)
        try sink.append(text)
        return true
    }

    /// Decodes a number of the usual types, if one comes next: what is to be quick.
    @inlinable
    @inline(__always)
    static func decodeNumber<Value>(_: Value.Type, from reader: inout ByteReader) -> Value? {
        func signed<Number: SignedInteger & FixedWidthInteger>(_: Number.Type) -> Value? {
            reader.readNumber(.signed, Int64.self) { Number(exactly: $0) }.map { unsafeBitCast($0, to: Value.self) }
        }
        func unsigned<Number: UnsignedInteger & FixedWidthInteger>(_: Number.Type) -> Value? {
            reader.readNumber(.unsigned, UInt64.self) { Number(exactly: $0) }.map { unsafeBitCast($0, to: Value.self) }
        }
        if Value.self == Int.self { return signed(Int.self) }
        if Value.self == Double.self {
            return reader.readNumber(.double, Double.self) { $0 }.map { unsafeBitCast($0, to: Value.self) }
        }
        if Value.self == UInt64.self { return unsigned(UInt64.self) }
        if Value.self == UInt32.self { return unsigned(UInt32.self) }
        if Value.self == Int64.self { return signed(Int64.self) }
        if Value.self == Int32.self { return signed(Int32.self) }
        if Value.self == UInt.self { return unsigned(UInt.self) }
        return nil
    }

    /// Decodes the value if its type is one of them.
    @inline(__always)
    static func decode<Value>(_: Value.Type, at place: ValuePlace) throws -> Value? {
        func integer<Number: FixedWidthInteger>(_: Number.Type) throws -> Value? {
            unsafeBitCast(try place.integer(Number.self), to: Value.self)
        }
        if Value.self == Int.self { return try integer(Int.self) }
        if Value.self == String.self { return unsafeBitCast(try place.text(), to: Value.self) }
        if Value.self == Double.self { return unsafeBitCast(try place.double(), to: Value.self) }
        if Value.self == Bool.self { return unsafeBitCast(try place.truth(), to: Value.self) }
        if Value.self == Float.self { return unsafeBitCast(try place.float(), to: Value.self) }
        if Value.self == UInt8.self { return try integer(UInt8.self) }
        if Value.self == UInt64.self { return try integer(UInt64.self) }
        if Value.self == UInt32.self { return try integer(UInt32.self) }
        if Value.self == Int64.self { return try integer(Int64.self) }
        if Value.self == Int32.self { return try integer(Int32.self) }
        if Value.self == UInt.self { return try integer(UInt.self) }
        if Value.self == Int8.self { return try integer(Int8.self) }
        if Value.self == Int16.self { return try integer(Int16.self) }
        if Value.self == UInt16.self { return try integer(UInt16.self) }
        if Value.self == Int128.self { return unsafeBitCast(try place.wide(Int128.self), to: Value.self) }
        if Value.self == UInt128.self { return unsafeBitCast(try place.wide(UInt128.self), to: Value.self) }
        return nil
    }
}
