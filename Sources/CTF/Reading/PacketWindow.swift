import Glibc

/// A piece of a stream in memory: of a file mapped, or copied where it is small or the file changes while it is read;
/// of memory all of it, where it is.
///
/// The memory in use is the same however large a file or a packet is. No descriptor is kept, as a trace may have
/// thousands of files.
final class PacketWindow {
    /// Pieces are of this size, where the file has so much, unless an event needs more.
    static let usual = 1 << 20
    /// Smaller ones are copied, which is faster then than to map.
    private static let leastMapped = 128 << 10
    private static let pageMask = Int(sysconf(Int32(_SC_PAGESIZE))) - 1

    private var start: UnsafeRawPointer
    /// Where in the file it begins, and how many bytes of it there are.
    private(set) var offset = 0
    private(set) var count = 0
    /// The file's size when the piece was taken.
    private(set) var fileSize = 0
    /// Bytes brought in since the window was made: what its reader's work is measured by.
    private(set) var bytesLoaded = 0
    private var mapping: (place: Int, address: UnsafeMutableRawPointer, length: Int)?
    private var copy: UnsafeMutableRawBufferPointer?
    /// What the window points into, where that is not its own.
    private var memory: ByteSource.Memory?

    /// What an empty window points to: one byte, so that the address is valid.
    private nonisolated(unsafe) static let nothing = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16))

    init() { start = Self.nothing }

    deinit { release() }

    /// Gives the memory back.
    func release() {
        unmap()
        copy?.deallocate()
        copy = nil
    }

    private func unmap() {
        if let mapping { MappedPieces.unmap(mapping.place, mapping.address, length: mapping.length) }
        (mapping, memory, start, count, offset) = (nil, nil, Self.nothing, 0, 0)
    }

    /// Where in the file it ends.
    var end: Int { offset + count }

    /// The bytes from a place in the file to the window's end.
    func available(from place: Int) -> Int { place >= offset && place <= end ? end - place : 0 }

    /// Where a place in the file is in memory; of a place outside the window, where it would be.
    func address(_ place: Int) -> UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: Int(bitPattern: start) &+ (place &- offset)) ?? Self.nothing
    }

    /// Whether the file was cut while this piece of it was mapped: its end reads as zeroes.
    var isCut: Bool { mapping.map { MappedPieces.isCut($0.place) } ?? false }

    /// Brings in a source from a place on: at least `wanted` bytes if it has them.
    ///
    /// - Parameter copying: A file changes meanwhile: exactly the bytes that are wanted, as they are now.
    func load(_ source: ByteSource, from place: Int, wanted: Int, copying: Bool = false) throws(FileAccess.Failure) {
        if let memory = source.memory { return show(memory, from: place) }
        try FileAccess.withFile(source.name) { descriptor, size throws(FileAccess.Failure) in
            unmap()
            fileSize = size
            offset = place
            guard place < size, wanted > 0 else { return }
            let length = copying ? min(wanted, size - place) : min(max(wanted, Self.usual), size - place)
            if !copying, length >= Self.leastMapped {
                let first = place & ~Self.pageMask
                if let piece = MappedPieces.map(descriptor, offset: first, length: length + place - first) {
                    (offset, count) = (first, length + place - first)
                    madvise(piece.address, count, MADV_SEQUENTIAL)
                    mapping = (piece.place, piece.address, count)
                    start = UnsafeRawPointer(piece.address)
                    bytesLoaded += count
                    return
                }
            }
            let buffer = room(length)
            count = try FileAccess.read(descriptor, at: place, into: buffer)
            start = buffer.baseAddress.map { UnsafeRawPointer($0) } ?? Self.nothing
            bytesLoaded += count
        }
    }

    private func show(_ memory: ByteSource.Memory, from place: Int) {
        unmap()
        fileSize = memory.bytes.count
        offset = place
        guard place < fileSize, let base = memory.bytes.baseAddress else { return }
        self.memory = memory
        (start, offset, count) = (base, 0, fileSize)
        bytesLoaded += fileSize - place
    }

    private func room(_ length: Int) -> UnsafeMutableRawBufferPointer {
        if let copy, copy.count >= length { return UnsafeMutableRawBufferPointer(rebasing: copy[..<length]) }
        copy?.deallocate()
        let new = UnsafeMutableRawBufferPointer.allocate(byteCount: max(length, 4096), alignment: 16)
        copy = new
        return UnsafeMutableRawBufferPointer(rebasing: new[..<length])
    }
}
