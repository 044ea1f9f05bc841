import Glibc

/// Reads files for as long as it takes to map or copy a piece of them: no descriptor is kept, as a trace may have
/// thousands of files.
enum FileAccess {
    struct Failure: Error {
        var reason: String

        init(_ reason: String) { self.reason = reason }
        init(errno code: Int32) { reason = String(cString: strerror(code)) }

        static func tooLong(_ size: Int, limit: Int) -> Failure {
            Failure("expected at most \(limit) bytes, found \(size)")
        }
    }

    /// Opens a regular file; anything else (a pipe would block) is refused.
    static func withFile<Result>(
        _ path: String, _ body: (_ descriptor: Int32, _ size: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure("not a regular file") }
        return try body(descriptor, Int(status.st_size))
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// - Returns: The number of bytes read.
    static func read(
        _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        var count = 0
        while count < buffer.count {
            let got = pread(descriptor, buffer.baseAddress! + count, buffer.count - count, off_t(offset + count))
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw Failure(errno: errno)
            }
            count += got
        }
        return count
    }

    /// Reads a whole file of at most `limit` bytes.
    static func contents(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        try withFile(path) { descriptor, size throws(Failure) in
            guard size <= limit else { throw .tooLong(size, limit: limit) }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 1)
            defer { buffer.deallocate() }
            let count = try read(descriptor, at: 0, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<size]))
            return [UInt8](buffer[..<count])
        }
    }
}
