/// Decodes one value by way of its `init(from:)`.
final class ValueDecoder: Decoder {
    let place: ValuePlace
    private let parent: ValueDecoder?
    private let key: (any CodingKey)?

    init(_ place: ValuePlace, parent: ValueDecoder? = nil, key: (any CodingKey)? = nil) {
        self.place = place
        self.parent = parent
        self.key = key
    }

    /// Decodes the next value.
    static func decode<Value: Decodable>(_ type: Value.Type, from reader: inout ByteReader) throws -> Value {
        try decode(type, at: ValuePlace(&reader))
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type, at place: ValuePlace, parent: ValueDecoder? = nil,
        key: @autoclosure () -> (any CodingKey)? = nil
    ) throws -> Value {
        do {
            if let value = try PlainValue.decode(type, at: place) { return value }
            if place.tag == .elements, let kind = ElementKind.of(type), let value = try place.elements(type, kind) {
                return value
            }
        } catch let error as MessageError {
            let path = (parent?.codingPath ?? []) + (key().map { [$0] } ?? [])
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: path, debugDescription: error.description, underlyingError: error))
        }
        return try type.init(from: ValueDecoder(place, parent: parent, key: key()))
    }

    var codingPath: [any CodingKey] { (parent?.codingPath ?? []) + (key.map { [$0] } ?? []) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard place.tag == .keyed else { throw mismatch("a keyed container") }
        return KeyedDecodingContainer(KeyedReader(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard place.tag == .unkeyed else { throw mismatch("an unkeyed container") }
        return try UnkeyedReader(decoder: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { SingleReader(decoder: self) }

    private func mismatch(_ expected: String) -> DecodingError {
        DecodingError.typeMismatch(
            Any.self,
            DecodingError.Context(codingPath: codingPath, debugDescription: "expected \(expected), found \(place.tag)"))
    }
}
