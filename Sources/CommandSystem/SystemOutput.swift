internal import Glibc

/// Writes bytes whole: on after a part was taken, and again after a signal came.
public enum SystemOutput {
    /// Writes bytes to an open file.
    ///
    /// - Parameter path: Its name in an error.
    public static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, named path: String
    ) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes text to an open file.
    ///
    /// - Parameter path: Its name in an error.
    public static func write(_ text: String, to descriptor: Int32, named path: String) throws(SystemError) {
        try write(Array(text.utf8), to: descriptor, named: path)
    }

    /// Writes a file that only this user may read.
    ///
    /// - Parameter flags: How it is opened besides for writing: `O_EXCL` for a new file, `O_TRUNC` for an older one.
    public static func write(_ bytes: [UInt8], toFile path: String, _ flags: Int32) throws(SystemError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, named: path)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, named path: String) throws(SystemError) {
        // The array's own function forgets which error it throws again.
        let result: Result<Void, SystemError> = bytes.withUnsafeBytes { bytes in
            do throws(SystemError) {
                return .success(try write(bytes, to: descriptor, named: path))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
