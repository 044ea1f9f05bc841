import CPoolRecorder
import PoolModel

// What requests and answers say. Texts have their length before them; values are as `ValueTag` says.
//
//   start   := u8:1 text:pool u32:worker settings u8:has-initializer [text:type text:name value]
//   run     := u8:2 text:type text:path u8:are-elements u32:count (u64:task u64:index u64:length value)*
//
//   answer  := u8:status u64:start u64:end u64:length (value | error)        one for each task, or for the start
//   error   := text:type-to-decode u64:length value text:type text:message u32:places (u64:module u64:offset)*
//              u32:frames (text:function text:file u32:line)*

enum RequestKind: UInt8 {
    case start = 1
    case run = 2
}

/// How a task ended in the worker.
enum AnswerStatus: UInt8 {
    case succeeded = 1
    case failed = 2
}

/// One task's answer, read by the pool: nothing in it is believed.
struct Answer {
    let status: AnswerStatus
    let start: UInt64
    let end: UInt64
    private(set) var payload: ByteReader

    init(_ reader: inout ByteReader) throws {
        let place = reader.place
        let byte: UInt8 = try reader.read()
        guard let status = AnswerStatus(rawValue: byte) else {
            throw MessageError.unexpected(byte: place, expected: "the status of an answer", found: UInt64(byte))
        }
        self.status = status
        start = try reader.read()
        end = try reader.read()
        payload = try reader.readPart(try reader.read(UInt64.self))
    }

    /// The value, as `decode` reads it, or the error that the task threw.
    @inline(__always)
    func value<Value>(_ decode: (inout ByteReader) throws -> Value) throws -> Value {
        var payload = payload
        if status == .failed { throw try Answer.error(&payload) }
        return try decode(&payload)
    }

    /// The error, where it is one.
    func throwFailure() throws {
        var payload = payload
        if status == .failed { throw try Answer.error(&payload) }
    }

    private static func error(_ reader: inout ByteReader) throws -> RemoteThrow {
        let name = try reader.readText()
        var encoded = try reader.readPart(try reader.read(UInt64.self))
        let type = try reader.readText()
        let message = try reader.readText()
        var addresses: [UInt64] = []
        for _ in 0..<min(try reader.read(UInt32.self), UInt32(maximumFrames)) {
            let address = pooltrace_address_of(
                pooltrace_code_place(module: try reader.read(), offset: try reader.read()))
            if address != 0 { addresses.append(address) }
        }
        let count: UInt32 = try reader.read()
        var frames: [Failure.Frame] = []
        for _ in 0..<min(count, UInt32(maximumFrames)) {
            frames.append(
                Failure.Frame(function: try reader.readText(), file: try reader.readText(), line: try reader.read()))
        }
        var error: any Error = RemoteError(type: type, message: message)
        if !name.isEmpty, let found = _typeByName(name) as? any (Error & Decodable).Type,
            let decoded = try? decode(found, &encoded)
        {
            error = decoded
        }
        if type == "Swift.CancellationError" { error = CancellationError() }
        return RemoteThrow(error: error, type: type, message: message, addresses: addresses, frames: frames)
    }

    /// An error as it would be after its way from a worker.
    static func crossed(_ error: any Error, thrownAt addresses: [UInt64]) throws -> RemoteThrow {
        let sink = MemorySink()
        try write(error: error, thrownAt: addresses, to: sink)
        var reader = ByteReader(sink.bytes)
        return try withExtendedLifetime(sink) { try self.error(&reader) }
    }

    private static func decode<E: Error & Decodable>(_ type: E.Type, _ reader: inout ByteReader) throws -> any Error {
        try ValueDecoder.decode(type, from: &reader)
    }

    private static let maximumFrames = 1024

    /// Writes one, in the worker.
    static func write(
        _ status: AnswerStatus, start: UInt64, end: UInt64, to sink: ByteSink, _ payload: () throws -> Void
    ) throws {
        try sink.append(status.rawValue)
        try sink.append(start)
        try sink.append(end)
        let length = try sink.reserve(UInt64.self)
        try payload()
        sink.fill(UInt64(sink.count - length - 8), at: length)
    }

    static func write(error: any Error, thrownAt addresses: [UInt64], to sink: ByteSink) throws {
        let before = sink.count
        do {
            guard let error = error as? any (Error & Codable) else { throw MessageError.tooLarge }
            try encode(error, to: sink)
        } catch let MessageError.noMemory(bytes, code) {
            throw MessageError.noMemory(bytes: bytes, code: code)
        } catch {
            sink.count = before
            try sink.append("")
            try sink.append(UInt64(0))
        }
        try sink.append(TextLimit.cut(TypeName.of(type(of: error)), to: TextLimit.short))
        try sink.append(TextLimit.cut(String(describing: error)))
        let places = RemotePlaces.of(addresses)
        try sink.append(UInt32(places.count))
        for place in places {
            try sink.append(place.module)
            try sink.append(place.offset)
        }
        // Else the debug information, which takes tens of milliseconds to read, is read by the pool's process.
        let frames = places.isEmpty ? addresses.flatMap(ThrowSite.frames) : []
        try sink.append(UInt32(frames.count))
        for frame in frames {
            try sink.append(frame.function)
            try sink.append(frame.file)
            try sink.append(frame.line)
        }
    }

    private static func encode<E: Error & Codable>(_ error: E, to sink: ByteSink) throws {
        try sink.append(_mangledTypeName(E.self) ?? "")
        let length = try sink.reserve(UInt64.self)
        try ValueEncoder.encode(error, to: sink)
        sink.fill(UInt64(sink.count - length - 8), at: length)
    }
}
