import Glibc

/// One file: what a task works on.
enum JSONFile {
    /// What is known of a good file.
    struct Facts: Sendable {
        let bytes: Int
        let depth: Int
    }

    /// Reads a file and validates it.
    ///
    /// - Throws: `FileError` if it cannot be read or is too big; `JSONError` at the first thing that is wrong in it.
    static func check(_ path: String, limits: Limits) throws -> Facts {
        let bytes = try read(path, limit: limits.size)
        var validator = JSONValidator(file: path, bytes: bytes, maximumDepth: limits.depth)
        try validator.validate()
        return Facts(bytes: bytes.count, depth: validator.deepest)
    }

    private static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        // A pipe that is named like a file must not hold the task for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError.unreadable(path, code: errno) }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw FileError.unreadable(path, code: errno) }
        guard information.st_mode & S_IFMT == S_IFREG else { throw FileError.notAFile(path) }
        let size = Int(information.st_size)
        guard size <= limit else { throw FileError.tooBig(path, size: size, limit: limit) }

        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let taken = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if taken < 0 && errno == EINTR { continue }
                if taken < 0 { failure = errno }
                if taken <= 0 { return }
                count += taken
            }
        }
        if let failure { throw FileError.unreadable(path, code: failure) }
        return bytes
    }
}
