import Glibc

/// A piece of a stream file in memory: mapped, or copied where the file may change while it is read.
///
/// Mapping by pieces keeps the memory in use flat however large a file is. A file that shrinks while it is mapped ends
/// the process (SIGBUS): traces that others still work on are read with `live`, which copies.
final class PacketWindow {
    /// Pieces are at least this large, so that small packets share a map.
    private static let least = 4 << 20
    private static let pageMask = Int(sysconf(Int32(_SC_PAGESIZE))) - 1

    private(set) var start: UnsafeRawPointer
    /// Where in the file it begins, and how many bytes of it there are.
    private(set) var offset = 0
    private(set) var count = 0
    /// The file's size when the piece was taken.
    private(set) var fileSize = 0
    private var mapping: UnsafeMutableRawPointer?
    private var mappedLength = 0
    private var copy: UnsafeMutableRawBufferPointer?

    /// What an empty window points to: one byte, so that the address is valid.
    private nonisolated(unsafe) static let nothing = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16))

    init() { start = Self.nothing }

    deinit { release() }

    /// Gives the memory back.
    func release() {
        if let mapping { munmap(mapping, mappedLength) }
        copy?.deallocate()
        (mapping, copy, start, count, offset) = (nil, nil, Self.nothing, 0, 0)
    }

    /// The bytes from a place in the file to the window's end.
    func available(from place: Int) -> Int { place >= offset && place <= offset + count ? offset + count - place : 0 }

    func address(_ place: Int) -> UnsafeRawPointer { start + (place - offset) }

    /// Maps the file from a place on: at least `wanted` bytes if the file has them.
    func map(_ path: String, from place: Int, wanted: Int) throws(FileAccess.Failure) {
        release()
        try FileAccess.withFile(path) { descriptor, size throws(FileAccess.Failure) in
            fileSize = size
            guard place < size else { return }
            let first = place & ~Self.pageMask
            let length = min(size - first, max(place - first + wanted, Self.least))
            guard let address = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, off_t(first)),
                address != MAP_FAILED
            else {
                throw FileAccess.Failure(errno: errno)
            }
            madvise(address, length, MADV_SEQUENTIAL)
            (mapping, mappedLength) = (address, length)
            (start, offset, count) = (UnsafeRawPointer(address), first, length)
        }
    }

    /// Copies `wanted` bytes of the file from a place on, fewer if it ends before.
    func copy(_ descriptor: Int32, size: Int, from place: Int, wanted: Int) throws(FileAccess.Failure) {
        let length = max(0, min(wanted, size - place))
        if copy == nil || copy!.count < length {
            release()
            copy = .allocate(byteCount: max(length, 4096), alignment: 16)
        }
        guard let copy else { return }
        let read = try FileAccess.read(
            descriptor, at: place, into: UnsafeMutableRawBufferPointer(rebasing: copy[..<length]))
        (start, offset, count, fileSize) = (UnsafeRawPointer(copy.baseAddress!), place, read, size)
    }
}
