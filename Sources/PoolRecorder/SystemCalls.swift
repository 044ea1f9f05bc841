internal import Glibc

/// Files and directories by the system's own calls, for all modules in the program's process: no Foundation.
///
/// A call that a signal interrupts is repeated, and one that did only a part goes on.
package enum SystemCalls {
    /// The names in a directory, without `.` and `..`, in the order of the system.
    package static func entries(of directory: String) throws(SystemError) -> [String] {
        guard let stream = opendir(directory) else { throw SystemError(directory, errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The bytes of a file, all in memory.
    ///
    /// - Parameters:
    ///   - limit: The most that the file may have; one with more is an error, EFBIG.
    ///   - followsLinks: Whether the file may be a symbolic link.
    package static func contents(
        of path: String, limit: Int, followsLinks: Bool = true
    ) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (followsLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { throw SystemError(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        // The kernel's own files have no size.
        var status = stat()
        var room = fstat(descriptor, &status) == 0 ? Int(clamping: status.st_size) + 1 : 0
        while bytes.count <= limit {
            room = max(4096, min(room, limit - bytes.count + 1))
            var error: Int32 = 0
            let part = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let read = read(descriptor, buffer.baseAddress, buffer.count)
                (count, error) = read < 0 ? (0, errno) : (read, 0)
            }
            if error == EINTR { continue }
            guard error == 0 else { throw SystemError(path, error) }
            if part.isEmpty { return bytes }
            if bytes.isEmpty { bytes = part } else { bytes += part }
        }
        throw SystemError(path, EFBIG)
    }

    /// What one of the kernel's files says, cut to a page; empty if it is not there.
    package static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(unsafeUninitializedCapacity: 4096) { max(0, read(descriptor, $0.baseAddress, $0.count)) }
    }

    /// Writes all bytes to a descriptor.
    ///
    /// - Returns: Whether all were written; `errno` says why not.
    @discardableResult
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        return true
    }
}
