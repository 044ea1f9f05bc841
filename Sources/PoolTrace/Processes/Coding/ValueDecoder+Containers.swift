final class KeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: ValueDecoder
    /// Behind the entry that was found last: keys are mostly asked for in the order in which they were encoded.
    private var next: ByteReader

    init(decoder: ValueDecoder) {
        self.decoder = decoder
        next = decoder.place.payload
    }

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        var keys: [Key] = []
        var reader = decoder.place.payload
        while !reader.isAtEnd, let (name, _) = try? Self.entry(&reader) {
            if let key = Key(stringValue: String(decoding: name, as: UTF8.self)) { keys.append(key) }
        }
        return keys
    }

    private static func entry(_ reader: inout ByteReader) throws -> (name: UnsafeRawBufferPointer, place: ValuePlace) {
        let length: UInt16 = try reader.read()
        let name = try reader.readBytes(UInt64(length))
        return (name, try ValuePlace(&reader))
    }

    private func find(_ key: some CodingKey) throws -> ValuePlace? {
        var text = key.stringValue
        return try text.withUTF8 { wanted in
            var reader = next
            var rounds = 0
            while rounds < 2 {
                while !reader.isAtEnd {
                    if rounds == 1, reader.place >= next.place { return nil }
                    let (name, place) = try Self.entry(&reader)
                    if name.count == wanted.count, name.elementsEqual(wanted) {
                        next = reader
                        return place
                    }
                }
                reader = decoder.place.payload
                rounds += 1
            }
            return nil
        }
    }

    private func place(_ key: some CodingKey) throws -> ValuePlace {
        if let place = try find(key) { return place }
        throw DecodingError.keyNotFound(
            key, DecodingError.Context(codingPath: codingPath, debugDescription: "no value for \"\(key.stringValue)\""))
    }

    func contains(_ key: Key) -> Bool { (try? find(key)) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try place(key).tag == .absent }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try ValueDecoder.decode(type, at: place(key), parent: decoder, key: key)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let place = try find(key), place.tag != .absent else { return nil }
        return try ValueDecoder.decode(type, at: place, parent: decoder, key: key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try nested(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try nested(SuperKey()) }

    func superDecoder(forKey key: Key) throws -> any Decoder { try nested(key) }

    private func nested(_ key: some CodingKey) throws -> ValueDecoder {
        ValueDecoder(try place(key), parent: decoder, key: key)
    }
}

struct UnkeyedReader: UnkeyedDecodingContainer {
    let decoder: ValueDecoder
    let count: Int?
    private(set) var currentIndex = 0
    private var reader: ByteReader

    init(decoder: ValueDecoder) throws {
        self.decoder = decoder
        reader = decoder.place.payload
        let count: UInt64 = try reader.read()
        // A value takes a byte at least.
        guard count <= UInt64(reader.left) else {
            throw MessageError.unexpected(
                byte: reader.place, expected: "a count of at most \(reader.left) elements", found: count)
        }
        self.count = Int(count)
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var isAtEnd: Bool { currentIndex >= (count ?? 0) }

    private func peek<Value>(_ type: Value.Type) throws -> (place: ValuePlace, behind: ByteReader) {
        var behind = reader
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type,
                DecodingError.Context(codingPath: codingPath, debugDescription: "there are \(count ?? 0) elements"))
        }
        let place = try ValuePlace(&behind)
        return (place, behind)
    }

    private mutating func pass(_ behind: ByteReader) {
        reader = behind
        currentIndex += 1
    }

    mutating func decodeNil() throws -> Bool {
        let (place, behind) = try peek(Any.self)
        guard place.tag == .absent else { return false }
        pass(behind)
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (place, behind) = try peek(type)
        let value = try ValueDecoder.decode(type, at: place, parent: decoder, key: ElementKey(currentIndex))
        pass(behind)
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        try nested().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try nested().unkeyedContainer() }

    mutating func superDecoder() throws -> any Decoder { try nested() }

    private mutating func nested() throws -> ValueDecoder {
        let (place, behind) = try peek(Any.self)
        defer { pass(behind) }
        return ValueDecoder(place, parent: decoder, key: ElementKey(currentIndex))
    }
}

struct SingleReader: SingleValueDecodingContainer {
    let decoder: ValueDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.place.tag == .absent }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try ValueDecoder.decode(type, at: decoder.place, parent: decoder)
    }
}
