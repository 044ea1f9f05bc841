/// An element's place, where a key is asked for.
struct ElementKey: CodingKey {
    let intValue: Int?
    var stringValue: String { intValue.map { "[\($0)]" } ?? "super" }

    init(_ index: Int) { intValue = index }
    init?(stringValue: String) { nil }
    init?(intValue: Int) { self.init(intValue) }
}

/// The key that a superclass is encoded under where its subclass names none.
struct SuperKey: CodingKey {
    let stringValue = "super"
    let intValue: Int? = nil

    init() {}
    init?(stringValue: String) { nil }
    init?(intValue: Int) { nil }
}

struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil(forKey key: Key) throws {
        try encoder.write(key)
        try encoder.sink.append(ValueTag.absent.rawValue)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try encoder.write(key)
        try ValueEncoder.encode(value, to: encoder.sink, parent: encoder, key: key)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<
        Nested
    > {
        beside(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { beside(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { beside(SuperKey()) }

    func superEncoder(forKey key: Key) -> any Encoder { beside(key) }

    private func beside(_ key: some CodingKey) -> ValueEncoder {
        do { try encoder.write(key) } catch { encoder.note(error) }
        return encoder.makeBeside(key)
    }
}

struct UnkeyedWriter: UnkeyedEncodingContainer {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { encoder.count }

    func encodeNil() throws {
        try encoder.countElement()
        try encoder.sink.append(ValueTag.absent.rawValue)
    }

    func encode<Value: Encodable>(_ value: Value) throws {
        try encoder.countElement()
        try ValueEncoder.encode(value, to: encoder.sink, parent: encoder, key: ElementKey(encoder.count - 1))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        beside().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { beside().unkeyedContainer() }

    func superEncoder() -> any Encoder { beside() }

    private func beside() -> ValueEncoder {
        do { try encoder.countElement() } catch { encoder.note(error) }
        return encoder.makeBeside(ElementKey(encoder.count - 1))
    }
}

struct SingleWriter: SingleValueEncodingContainer {
    let encoder: ValueEncoder

    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() throws { try encoder.encodeSingleNil() }
    func encode<Value: Encodable>(_ value: Value) throws { try encoder.encodeSingle(value) }
}
