internal import Glibc
package import PoolSchedule

/// Files that hold schedules.
package enum ScheduleFile {
    /// Reads a schedule.
    ///
    /// - Throws: `ScheduleError`, or a sentence that names the file.
    package static func read(_ path: String) throws -> Schedule {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw problem(path) }
        guard status.st_size <= Schedule.longestText else {
            throw ExplorationError(
                "\(path): expected a schedule of at most \(Schedule.longestText >> 20) MiB, found a file of \(status.st_size >> 20) MiB"
            )
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Schedule.longestText {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem(path) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        return try Schedule(parsing: bytes, file: path)
    }

    /// Writes a schedule into a new file, or over an older one.
    ///
    /// - Throws: A sentence that names the file.
    package static func write(_ schedule: Schedule, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem(path) }
        defer { close(descriptor) }
        var rest = Array(schedule.text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw problem(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// The last bytes of a text file, from the beginning of a line; nothing if it cannot be read.
    static func tail(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let start = max(0, lseek(descriptor, 0, SEEK_END) - off_t(bytes.count))
        let count = pread(descriptor, &bytes, bytes.count, start)
        let text = bytes.prefix(max(0, count))
        return String(decoding: start == 0 ? text : text.drop { $0 != UInt8(ascii: "\n") }.dropFirst(), as: UTF8.self)
    }

    private static func problem(_ path: String) -> ExplorationError {
        ExplorationError("\(path): \(String(cString: strerror(errno)))")
    }
}
