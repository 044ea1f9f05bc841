/// A value as it lies in a message: its tag is read, its payload is not believed.
struct ValuePlace {
    let tag: ValueTag
    /// What comes after the tag, and after the length where there is one.
    let payload: ByteReader
    private let start: Int

    /// Reads a value's tag and length, and steps over the value.
    init(_ reader: inout ByteReader) throws {
        start = reader.place
        let byte: UInt8 = try reader.read()
        guard let tag = ValueTag(rawValue: byte) else {
            throw MessageError.unexpected(byte: start, expected: "the tag of a value", found: UInt64(byte))
        }
        self.tag = tag
        let length: UInt64 =
            switch tag {
            case .absent, .no, .yes: 0
            case .signed, .unsigned, .double: 8
            case .float: 4
            case .wide: 16
            case .text: UInt64(try reader.read(UInt32.self))
            case .keyed, .unkeyed, .elements: try reader.read(UInt64.self)
            }
        payload = try reader.readPart(length)
    }

    private func mismatch(_ expected: String) -> MessageError {
        .unexpected(byte: start, expected: expected, found: UInt64(tag.rawValue))
    }

    func integer<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
        var payload = payload
        let number: Number? =
            switch tag {
            case .signed: Number(exactly: try payload.read(Int64.self))
            case .unsigned: Number(exactly: try payload.read(UInt64.self))
            default: nil
            }
        guard let number else { throw mismatch("an integer of the type \(Number.self)") }
        return number
    }

    func wide<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) throws -> Number {
        var payload = payload
        guard tag == .wide else { throw mismatch("an integer of 16 bytes") }
        return try payload.read()
    }

    func double() throws -> Double {
        var payload = payload
        guard tag == .double else { throw mismatch("a double") }
        return try payload.read()
    }

    func float() throws -> Float {
        var payload = payload
        guard tag == .float else { throw mismatch("a float") }
        return try payload.read()
    }

    func truth() throws -> Bool {
        guard tag == .no || tag == .yes else { throw mismatch("a truth value") }
        return tag == .yes
    }

    func text() throws -> String {
        var payload = payload
        guard tag == .text else { throw mismatch("a text") }
        return String(decoding: try payload.readBytes(UInt64(payload.left)), as: UTF8.self)
    }

    /// An array of numbers, copied in one piece; `nil` if it was not encoded so.
    func elements<Value>(_ type: Value.Type, _ kind: ElementKind) throws -> Value? {
        guard tag == .elements else { return nil }
        var payload = payload
        let found: UInt8 = try payload.read()
        guard found == kind.rawValue else {
            throw MessageError.unexpected(
                byte: start, expected: "elements of the kind \(kind.rawValue)", found: UInt64(found))
        }
        guard let value = kind.make(type, from: try payload.readBytes(UInt64(payload.left))) else {
            throw MessageError.unexpected(
                byte: start, expected: "a whole number of elements", found: UInt64(payload.left))
        }
        return value
    }
}
