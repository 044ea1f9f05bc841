internal import Glibc

/// A file open for reading, closed with its last reference.
///
/// It is read and not mapped: a file that becomes shorter under a mapping ends the reader.
public final class OpenFile {
    /// Its path.
    public let path: String
    private let descriptor: Int32

    /// Opens a file; nil if there is none.
    ///
    /// A symbolic link is followed only if it is one that the system makes, in `/proc`.
    public init?(_ path: String, followsLink: Bool = false) throws(SystemError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW))
        self.path = path
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw .last(path)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Its size in bytes now.
    public func size() throws(SystemError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(path, "expected a regular file") }
        return UInt64(max(0, status.st_size))
    }

    /// Bytes from an offset; nil if the file ends before.
    public func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8]? {
        guard let start = Int(exactly: offset), start <= Int.max - count else { return nil }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, start + filled)
                if got < 0 && errno == EINTR { continue }
                failed = got < 0
                if got <= 0 { break }
                filled += got
            }
        }
        if failed { throw .last(path) }
        return bytes.count == count ? bytes : nil
    }
}
