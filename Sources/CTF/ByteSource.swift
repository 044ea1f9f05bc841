/// Where the bytes of a stream or of metadata are: in a file, or in memory.
///
/// A file is opened whenever a piece of it is needed, and may change meanwhile. Memory stays as it is: it holds what
/// was copied from where others write, such as a packet of a ring.
public struct ByteSource: Sendable {
    /// What it is called where damage is told: a file's path.
    public let name: String
    /// Nil for a file.
    let memory: Memory?

    /// The file at a path.
    public init(file path: String) { (name, memory) = (path, nil) }

    /// Bytes in memory.
    public init(name: String, bytes: [UInt8]) { (self.name, memory) = (name, Memory(bytes)) }

    /// Bytes that stay where they are as long as the source is there.
    final class Memory: @unchecked Sendable {
        // Sendable: written by init alone.
        let bytes: UnsafeRawBufferPointer

        init(_ bytes: [UInt8]) {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
            copy.copyBytes(from: bytes)
            self.bytes = UnsafeRawBufferPointer(copy)
        }

        deinit { bytes.deallocate() }
    }

    /// All bytes, of which there may be at most `limit`.
    func contents(limit: Int) throws(FileAccess.Failure) -> [UInt8] {
        guard let memory else { return try FileAccess.contents(name, limit: limit) }
        guard memory.bytes.count <= limit else { throw .tooLong(memory.bytes.count, limit: limit) }
        return Array(memory.bytes)
    }
}
