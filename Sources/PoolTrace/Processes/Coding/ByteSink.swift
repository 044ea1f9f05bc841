/// Where encoded bytes go: memory that grows.
///
/// The base moves when it grows, so nobody keeps addresses across a write.
@usableFromInline
class ByteSink {
    @usableFromInline
    @exclusivity(unchecked)
    final fileprivate(set) var base: UnsafeMutableRawPointer
    @usableFromInline
    @exclusivity(unchecked)
    final fileprivate(set) var capacity: Int
    /// How many bytes were written; may be set back, and bytes before it may be written again.
    @usableFromInline
    @exclusivity(unchecked)
    final var count = 0

    init(base: UnsafeMutableRawPointer, capacity: Int) {
        self.base = base
        self.capacity = capacity
    }

    /// Moves to a larger memory, which `moved` is notified of.
    func grow(to needed: Int) throws { preconditionFailure("a sink says how it grows") }

    final func moved(to base: UnsafeMutableRawPointer, capacity: Int) {
        self.base = base
        self.capacity = capacity
    }

    final var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    @inlinable
    @inline(__always)
    final func makeRoom(_ size: Int) throws {
        if size > capacity &- count { try makeMoreRoom(size) }
    }

    @usableFromInline
    final func makeMoreRoom(_ size: Int) throws {
        let (needed, overflow) = count.addingReportingOverflow(size)
        guard !overflow else { throw MessageError.tooLarge }
        try grow(to: needed)
    }

    @inlinable
    @inline(__always)
    final func append<Value: BitwiseCopyable>(_ value: Value) throws {
        try makeRoom(MemoryLayout<Value>.size)
        base.storeBytes(of: value, toByteOffset: count, as: Value.self)
        count &+= MemoryLayout<Value>.size
    }

    final func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard let start = bytes.baseAddress else { return }
        try makeRoom(bytes.count)
        (base + count).copyMemory(from: start, byteCount: bytes.count)
        count &+= bytes.count
    }

    /// A text with its length before it.
    @usableFromInline
    final func append(_ text: String) throws {
        var text = text
        try text.withUTF8 {
            try append(UInt32(clamping: $0.count))
            try append(UnsafeRawBufferPointer($0))
        }
    }

    /// Room for a value that is unknown yet: where it is.
    final func reserve<Value: BitwiseCopyable>(_: Value.Type) throws -> Int {
        try makeRoom(MemoryLayout<Value>.size)
        defer { count &+= MemoryLayout<Value>.size }
        return count
    }

    final func fill<Value: BitwiseCopyable>(_ value: Value, at place: Int) {
        base.storeBytes(of: value, toByteOffset: place, as: Value.self)
    }
}

/// Bytes in memory of the process's own.
final class MemorySink: ByteSink {
    init(capacity: Int = 256) {
        super.init(base: .allocate(byteCount: capacity, alignment: 16), capacity: capacity)
    }

    deinit { base.deallocate() }

    override func grow(to needed: Int) throws {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        self.moved(to: moved, capacity: larger)
    }
}

/// Why a message between a pool and its worker could not be made or understood.
enum MessageError: Error, Equatable, CustomStringConvertible {
    /// It ends in the middle of something.
    case cutShort(byte: Int)
    /// It holds something else than it should.
    case unexpected(byte: Int, expected: String, found: UInt64)
    /// It does not fit an address space.
    case tooLarge
    /// There is no memory for it.
    case noMemory(bytes: Int, code: Int32)

    var description: String {
        switch self {
        case .cutShort(let byte): "the message ends at byte \(byte), in the middle of a value"
        case .unexpected(let byte, let expected, let found): "byte \(byte): expected \(expected), found \(found)"
        case .tooLarge: "the message is larger than an address space"
        case .noMemory(let bytes, let code): "cannot allocate \(bytes) bytes for the message (errno \(code))"
        }
    }
}
