import CPoolWorker
import Glibc

/// Bytes in memory that a pool's process and a worker share: one of them writes and makes it longer, the other reads.
///
/// The file cannot be made shorter, so what is mapped can be read, whatever the other process does.
final class SharedSink: ByteSink {
    let descriptor: Int32
    private var mapping: UnsafeMutableRawPointer
    private var size: Int

    private static let header = Int(POOLTRACE_CHANNEL_BYTES)
    /// What is mapped at first.
    private static let minimumSize = 64 << 10
    /// Above this it is made no longer than it has to be.
    private static let maximumSize = 1 << 30

    /// Makes the memory.
    convenience init(name: String) throws {
        let descriptor = pooltrace_shared_make(name, Self.minimumSize)
        guard descriptor >= 0 else { throw MessageError.noMemory(bytes: Self.minimumSize, code: errno) }
        do { try self.init(descriptor: descriptor) } catch {
            close(descriptor)
            throw error
        }
    }

    /// Maps the memory behind a descriptor, which it closes in the end.
    init(descriptor: Int32) throws {
        self.descriptor = descriptor
        size = pooltrace_shared_size(descriptor)
        guard size > Self.header, let mapping = pooltrace_shared_map(descriptor, size) else {
            throw MessageError.noMemory(bytes: size, code: errno)
        }
        self.mapping = mapping
        super.init(base: mapping + Self.header, capacity: size - Self.header)
    }

    deinit {
        munmap(mapping, size)
        close(descriptor)
    }

    override func grow(to needed: Int) throws {
        let (least, overflow) = needed.addingReportingOverflow(Self.header + 4095)
        guard !overflow else { throw MessageError.tooLarge }
        let wanted = max(least, min(size * 2, Self.maximumSize)) & ~4095
        let problem = pooltrace_shared_grow(descriptor, size, wanted)
        guard problem == 0 else { throw MessageError.noMemory(bytes: wanted, code: problem) }
        try remap(to: wanted)
    }

    private func remap(to wanted: Int) throws {
        guard let moved = pooltrace_shared_remap(mapping, size, wanted) else {
            throw MessageError.noMemory(bytes: wanted, code: errno)
        }
        (mapping, size) = (moved, wanted)
        self.moved(to: moved + Self.header, capacity: wanted - Self.header)
    }

    /// What the other process has written, if there is as much.
    func written(_ count: UInt64) throws -> UnsafeRawBufferPointer {
        if count > UInt64(capacity) {
            let longer = pooltrace_shared_size(descriptor)
            if longer > size { try remap(to: longer) }
        }
        guard count <= UInt64(capacity) else { throw MessageError.cutShort(byte: capacity) }
        return UnsafeRawBufferPointer(start: base, count: Int(count))
    }
}
