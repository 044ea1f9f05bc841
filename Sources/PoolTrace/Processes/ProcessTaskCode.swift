/// How a worker runs a task, and how its values get from one process to another: code that the compiler makes for the
/// task's own types, where the task is declared.
///
/// Every `ProcessTask` has it. Code that is not made for its types takes twenty times as long over a number.
public struct ProcessTaskCode<Input: Codable & Sendable, Output: Codable & Sendable>: Sendable {
    /// Decodes an input, runs the task, and encodes its output.
    @usableFromInline let serve: @Sendable (inout ByteReader, ByteSink) throws -> Void
    @usableFromInline let encode: @Sendable (Input, ByteSink) throws -> Void
    @usableFromInline let decode: @Sendable (inout ByteReader) throws -> Output
    /// The same for the elements of a map.
    @usableFromInline let elements: @Sendable ([Input], UnsafeMutablePointer<Output>) -> ElementCode

    /// Makes the code of a task.
    @inlinable
    public init<Task: ProcessTask>(of type: Task.Type) where Task.Input == Input, Task.Output == Output {
        serve = { reader, sink in
            let output = try Task.run(ValueCode.decode(Input.self, from: &reader))
            try ValueCode.encode(output, to: sink)
        }
        encode = { input, sink in try ValueCode.encode(input, to: sink) }
        decode = { reader in try ValueCode.decode(Output.self, from: &reader) }
        elements = { inputs, room in
            ElementCode(
                encode: { element, sink in try ValueCode.encode(inputs[element], to: sink) },
                decode: { element, reader in
                    (room + element).initialize(to: try ValueCode.decode(Output.self, from: &reader))
                },
                input: { inputs[$0] })
        }
    }
}

/// How the elements of a map are encoded and decoded, whatever their types are.
@usableFromInline
struct ElementCode {
    /// Encodes an element's input.
    @usableFromInline let encode: (Int, ByteSink) throws -> Void
    /// Decodes an element's output and initializes its place.
    @usableFromInline let decode: (Int, inout ByteReader) throws -> Void
    /// An element's input.
    @usableFromInline let input: (Int) -> Any

    @inlinable
    init(
        encode: @escaping (Int, ByteSink) throws -> Void, decode: @escaping (Int, inout ByteReader) throws -> Void,
        input: @escaping (Int) -> Any
    ) {
        (self.encode, self.decode, self.input) = (encode, decode, input)
    }
}

/// One value: numbers by code made for their type, all others by the coders.
@usableFromInline
enum ValueCode {
    @inlinable
    @inline(__always)
    static func encode<Value: Encodable>(_ value: Value, to sink: ByteSink) throws {
        if try !PlainValue.encode(value, to: sink) { try encodeAny(value, to: sink) }
    }

    @inlinable
    @inline(__always)
    static func decode<Value: Decodable>(_ type: Value.Type, from reader: inout ByteReader) throws -> Value {
        if let number = PlainValue.decodeNumber(type, from: &reader) { return number }
        return try decodeAny(type, from: &reader)
    }

    @usableFromInline
    static func encodeAny<Value: Encodable>(_ value: Value, to sink: ByteSink) throws {
        try ValueEncoder.encode(value, to: sink)
    }

    @usableFromInline
    static func decodeAny<Value: Decodable>(_ type: Value.Type, from reader: inout ByteReader) throws -> Value {
        try ValueDecoder.decode(type, from: &reader)
    }
}
