/// Encodes one value by way of its `encode(to:)`.
///
/// A value that is encoded inside another writes straight behind it. Containers that are asked for separately
/// (`nestedContainer`, `superEncoder`) may be written to later, when other things have been written behind their place,
/// so they write beside, and are put into their place when the value is done.
final class ValueEncoder: Encoder {
    private enum Shape { case none, single, keyed, unkeyed }

    let sink: ByteSink
    private let parent: ValueEncoder?
    private let key: (any CodingKey)?
    private var shape = Shape.none
    /// Where the value begins.
    private let start: Int
    /// Elements of an unkeyed container so far.
    private(set) var count = 0
    /// Containers written beside, and where they belong.
    private var beside: [(place: Int, encoder: ValueEncoder)] = []

    init(_ sink: ByteSink, parent: ValueEncoder? = nil, key: (any CodingKey)? = nil) {
        self.sink = sink
        self.parent = parent
        self.key = key
        start = sink.count
    }

    /// Encodes a value, of any type, behind what was written.
    static func encode<Value: Encodable>(
        _ value: Value, to sink: ByteSink, parent: ValueEncoder? = nil, key: @autoclosure () -> (any CodingKey)? = nil
    ) throws {
        if try PlainValue.encode(value, to: sink) { return }
        if let kind = ElementKind.of(Value.self), try encode(elements: value, kind, to: sink) { return }
        let encoder = ValueEncoder(sink, parent: parent, key: key())
        try value.encode(to: encoder)
        try encoder.finish()
    }

    private static func encode<Value>(elements value: Value, _ kind: ElementKind, to sink: ByteSink) throws -> Bool {
        try kind.withBytes(of: value) { bytes in
            try sink.makeRoom(bytes.count &+ 10)
            try sink.append(ValueTag.elements.rawValue)
            try sink.append(UInt64(bytes.count) &+ 1)
            try sink.append(kind.rawValue)
            try sink.append(bytes)
        }
    }

    var codingPath: [any CodingKey] { (parent?.codingPath ?? []) + (key.map { [$0] } ?? []) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        begin(.keyed)
        return KeyedEncodingContainer(KeyedWriter(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        begin(.unkeyed)
        return UnkeyedWriter(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleWriter(encoder: self) }

    /// What could not be written, to be thrown by `finish`: a container is made without `try`.
    private var problem: (any Error)?

    private func begin(_ shape: Shape) {
        guard self.shape == .none else {
            if self.shape != shape { problem = problem ?? mixed() }
            return
        }
        self.shape = shape
        do {
            try sink.append((shape == .keyed ? ValueTag.keyed : ValueTag.unkeyed).rawValue)
            try sink.append(UInt64(0))
            if shape == .unkeyed { try sink.append(UInt64(0)) }
        } catch {
            problem = error
        }
    }

    private func mixed() -> any Error {
        EncodingError.invalidValue(
            "two kinds of containers",
            EncodingError.Context(
                codingPath: codingPath, debugDescription: "a value is encoded as one kind of container"))
    }

    // MARK: Called by the containers

    func encodeSingle<Value: Encodable>(_ value: Value) throws {
        guard shape == .none else { throw mixed() }
        shape = .single
        try Self.encode(value, to: sink, parent: self)
    }

    func encodeSingleNil() throws {
        guard shape == .none else { throw mixed() }
        shape = .single
        try sink.append(ValueTag.absent.rawValue)
    }

    func write(_ key: some CodingKey) throws {
        if let problem { throw problem }
        var text = key.stringValue
        try text.withUTF8 { name in
            guard let length = UInt16(exactly: name.count) else {
                throw EncodingError.invalidValue(
                    key,
                    EncodingError.Context(
                        codingPath: codingPath,
                        debugDescription: "a key has at most 65535 bytes, this one \(name.count)"))
            }
            try sink.append(length)
            try sink.append(UnsafeRawBufferPointer(name))
        }
    }

    func countElement() throws {
        if let problem { throw problem }
        count += 1
    }

    /// An encoder of a value that belongs behind what was written, and is written beside.
    func makeBeside(_ key: (any CodingKey)?) -> ValueEncoder {
        let encoder = ValueEncoder(MemorySink(), parent: self, key: key)
        beside.append((sink.count, encoder))
        return encoder
    }

    func note(_ error: any Error) { problem = problem ?? error }

    /// Completes the value.
    func finish() throws {
        if shape == .none { begin(.keyed) }
        if let problem { throw problem }
        if !beside.isEmpty { try putBesideIntoPlace() }
        switch shape {
        case .keyed: sink.fill(UInt64(sink.count - start - 9), at: start + 1)
        case .unkeyed:
            sink.fill(UInt64(sink.count - start - 9), at: start + 1)
            sink.fill(UInt64(count), at: start + 9)
        case .single, .none: break
        }
    }

    private func putBesideIntoPlace() throws {
        let first = beside[0].place
        let behind = MemorySink(capacity: max(16, sink.count - first))
        try behind.append(UnsafeRawBufferPointer(rebasing: sink.bytes[first...]))
        sink.count = first
        var done = first
        for (place, encoder) in beside {
            try sink.append(UnsafeRawBufferPointer(rebasing: behind.bytes[(done - first)..<(place - first)]))
            done = place
            try encoder.finish()
            try sink.append(encoder.sink.bytes)
        }
        try sink.append(UnsafeRawBufferPointer(rebasing: behind.bytes[(done - first)...]))
    }
}
