internal import ArgumentParser
internal import CommandSystem
internal import Glibc
internal import TraceViews

/// A file that a command writes: whole or not at all.
enum OutputFile {
    /// Writes what `body` hands over into a file, or to standard output for `-`.
    ///
    /// A device or a pipe is written to as it is, since no file may take its place.
    static func write(to path: String, _ body: (@escaping ByteSink) -> Void) throws {
        if path == "-" { return body(StandardOutput.writeOrEnd) }
        if isSpecial(path) { return try telling { try fill(path, O_WRONLY | O_CLOEXEC, named: path, body) } }
        try replace(path) { temporary in
            try fill(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, named: path, body)
        }
    }

    /// Lets `body` make a file beside the one at `path`, which then takes its place; failures are told, and leave what
    /// was there.
    static func replace(_ path: String, _ body: (_ temporary: String) throws -> Void) throws {
        let place = target(of: path)
        try refuseTraceFolder(place)
        let temporary = "\(place).\(getpid()).part"
        try telling {
            if isSpecial(place) { throw SystemError(path, "expected a file, found a device or a pipe") }
            UnfinishedFile.removeLeftovers(of: place)
            UnfinishedFile.begin(temporary)
            defer { UnfinishedFile.end() }
            do {
                try body(temporary)
                guard rename(temporary, place) == 0 else { throw SystemError.last(path) }
            } catch {
                unlink(temporary)
                throw error
            }
        }
    }

    private static func telling(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            StandardError.write("\(error)")
            try CommandExit.failure.end()
        }
    }

    /// Whether there is something at `path` that is neither a file nor a directory.
    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    /// The file that a symbolic link leads to: the link stays one.
    private static func target(of path: String) -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func fill(
        _ path: String, _ flags: Int32, named name: String, _ body: (@escaping ByteSink) -> Void
    ) throws {
        let descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else { throw SystemError.last(name) }
        defer { close(descriptor) }
        var failure: SystemError?
        body { bytes in
            // The first failure is the one to report.
            guard failure == nil else { return }
            do throws(SystemError) { try SystemOutput.write(bytes, to: descriptor, named: name) } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// A file beside a trace's `metadata` would be one of its streams to all that read it, and a damaged one.
    private static func refuseTraceFolder(_ path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        guard access(folder + "metadata", F_OK) == 0 else { return }
        StandardError.write(
            "\(path): \(folder) has a trace, and every file in it is read as a part of the trace; name a file elsewhere"
        )
        try CommandExit.failure.end()
    }
}
