// How values look as bytes. A message is made and read by the same executable on the same machine, so numbers are as
// they lie in memory and the format has no versions.
//
//   value    := tag payload
//   keyed    := tag u64:length (u16:length key value)*         keys in the order in which they were encoded
//   unkeyed  := tag u64:length u64:count value*
//   elements := tag u64:length u8:kind bytes                   an array of numbers, or bytes: one copy
//   text     := tag u32:length UTF-8
//
// Every value tells its own length, so a reader steps over what it is not asked for.

/// The first byte of an encoded value.
@usableFromInline
enum ValueTag: UInt8 {
    case absent
    case no
    case yes
    case signed
    case unsigned
    case double
    case float
    /// An integer of 16 bytes.
    case wide
    case text
    case keyed
    case unkeyed
    case elements
}

/// Arrays whose elements are copied as they lie in memory.
enum ElementKind: UInt8 {
    case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float, double
    /// Foundation's `Data`, which is recognized by name: nothing here imports Foundation.
    case data

    private static let known: [ObjectIdentifier: ElementKind] = {
        var known: [ObjectIdentifier: ElementKind] = [
            ObjectIdentifier([Int].self): .int, ObjectIdentifier([Int8].self): .int8,
            ObjectIdentifier([Int16].self): .int16, ObjectIdentifier([Int32].self): .int32,
            ObjectIdentifier([Int64].self): .int64, ObjectIdentifier([UInt].self): .uint,
            ObjectIdentifier([UInt8].self): .uint8, ObjectIdentifier([UInt16].self): .uint16,
            ObjectIdentifier([UInt32].self): .uint32, ObjectIdentifier([UInt64].self): .uint64,
            ObjectIdentifier([Float].self): .float, ObjectIdentifier([Double].self): .double,
        ]
        for name in ["20FoundationEssentials4DataV", "10Foundation4DataV"] {
            if let type = _typeByName(name) { known[ObjectIdentifier(type)] = .data }
        }
        return known
    }()

    static func of(_ type: Any.Type) -> ElementKind? { known[ObjectIdentifier(type)] }

    /// Calls `body` with the elements' memory.
    func withBytes<Value>(of value: Value, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        func call<Element>(_: Element.Type) throws -> Bool {
            try unsafeBitCast(value, to: [Element].self).withUnsafeBytes(body)
            return true
        }
        switch self {
        case .int: return try call(Int.self)
        case .int8: return try call(Int8.self)
        case .int16: return try call(Int16.self)
        case .int32: return try call(Int32.self)
        case .int64: return try call(Int64.self)
        case .uint: return try call(UInt.self)
        case .uint8: return try call(UInt8.self)
        case .uint16: return try call(UInt16.self)
        case .uint32: return try call(UInt32.self)
        case .uint64: return try call(UInt64.self)
        case .float: return try call(Float.self)
        case .double: return try call(Double.self)
        case .data:
            guard let data = value as? any RangeReplaceableCollection<UInt8> else { return false }
            return try data.withContiguousStorageIfAvailable { try body(UnsafeRawBufferPointer($0)) } != nil
        }
    }

    /// The value that has these elements; `nil` if the bytes are no whole number of them.
    func make<Value>(_: Value.Type, from bytes: UnsafeRawBufferPointer) -> Value? {
        func call<Element: BitwiseCopyable>(_: Element.Type) -> Value? {
            guard bytes.count % MemoryLayout<Element>.stride == 0 else { return nil }
            let count = bytes.count / MemoryLayout<Element>.stride
            let elements = [Element](unsafeUninitializedCapacity: count) { room, initialized in
                if let start = bytes.baseAddress, let room = room.baseAddress {
                    UnsafeMutableRawPointer(room).copyMemory(from: start, byteCount: bytes.count)
                }
                initialized = count
            }
            return unsafeBitCast(elements, to: Value.self)
        }
        func bytewise<Collected: RangeReplaceableCollection>(_: Collected.Type) -> Any
        where Collected.Element == UInt8 {
            Collected(bytes)
        }
        switch self {
        case .int: return call(Int.self)
        case .int8: return call(Int8.self)
        case .int16: return call(Int16.self)
        case .int32: return call(Int32.self)
        case .int64: return call(Int64.self)
        case .uint: return call(UInt.self)
        case .uint8: return call(UInt8.self)
        case .uint16: return call(UInt16.self)
        case .uint32: return call(UInt32.self)
        case .uint64: return call(UInt64.self)
        case .float: return call(Float.self)
        case .double: return call(Double.self)
        case .data:
            guard let type = Value.self as? any RangeReplaceableCollection<UInt8>.Type else { return nil }
            return bytewise(type) as? Value
        }
    }
}
