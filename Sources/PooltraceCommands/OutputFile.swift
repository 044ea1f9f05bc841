internal import ArgumentParser
internal import Glibc
internal import TraceViews

/// A file that a command writes: whole or not at all.
enum OutputFile {
    /// Writes what `body` hands over into a file, or to standard output for `-`.
    static func write(to path: String, _ body: (@escaping ByteSink) -> Void) throws {
        if path == "-" { return body(StandardOutput.writeOrEnd) }
        try replace(path) { temporary in
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard descriptor >= 0 else { throw WriteError.system(path) }
            defer { close(descriptor) }
            var failure: WriteError?
            body { bytes in
                // The first failure is the one to tell of.
                if failure == nil { failure = write(bytes, to: descriptor, path) }
            }
            if let failure { throw failure }
        }
    }

    /// Lets `body` make a file beside the one at `path`, which then takes its place; failures are told, and leave what was there.
    static func replace(_ path: String, _ body: (_ temporary: String) throws -> Void) throws {
        try refuseTraceFolder(path)
        let temporary = "\(path).\(getpid()).part"
        do {
            try body(temporary)
            guard rename(temporary, path) == 0 else { throw WriteError.system(path) }
        } catch {
            unlink(temporary)
            StandardError.write("\(error)")
            try CommandExit.failure.end()
        }
    }

    /// A file beside a trace's `metadata` would be one of its streams to all that read it, and a damaged one.
    private static func refuseTraceFolder(_ path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        guard access(folder + "metadata", F_OK) == 0 else { return }
        StandardError.write(
            "\(path): \(folder) holds a trace, and every file in it is read as a part of that; name a file elsewhere")
        try CommandExit.failure.end()
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) -> WriteError? {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if errno != EINTR {
                return .system(path)
            }
        }
        return nil
    }

    private struct WriteError: Error, CustomStringConvertible {
        let description: String

        /// With the sentence that the system has for its last error.
        static func system(_ path: String) -> WriteError {
            WriteError(description: "\(path): \(String(cString: strerror(errno)))")
        }
    }
}
