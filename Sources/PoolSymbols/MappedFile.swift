import Glibc

/// A file's bytes, mapped for reading.
///
/// Mapped rather than read: a test bundle has a hundred megabytes of debug information, of which a look-up touches a
/// few. A file that is replaced or deleted stays mapped; one that is cut short in place would fault, as the program
/// that runs from it would.
final class MappedFile: @unchecked Sendable {
    // Unchecked: the bytes are never written.

    /// The bytes, valid as long as this object.
    let bytes: UnsafeRawBufferPointer

    /// Maps a regular file; `nil` if it cannot be opened or is empty.
    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return nil
        }
        let size = Int(status.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            return nil
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
