internal import CommandSystem
internal import Glibc
package import PoolSchedule

/// Files that hold schedules.
package enum ScheduleFile {
    /// Reads a schedule.
    ///
    /// - Throws: `ScheduleError`, or a sentence that names the file.
    package static func read(_ path: String) throws -> Schedule {
        if (try? SystemDirectory.entries(of: path)) != nil {
            throw SystemError(path, "expected a schedule, found a directory")
        }
        let size = SystemFile.size(of: path) ?? 0
        guard size <= Schedule.longestText else {
            throw SystemError(
                path,
                "expected a schedule of at most \(Schedule.longestText >> 20) MiB, found a file of \(size >> 20) MiB")
        }
        let bytes = try SystemFile.read(path, limit: Schedule.longestText + 1)
        return try Schedule(parsing: bytes, file: path)
    }

    /// Writes a schedule into a new file, or over an older one.
    ///
    /// - Throws: A sentence that names the file.
    package static func write(_ schedule: Schedule, to path: String) throws {
        try SystemOutput.write(Array(schedule.text.utf8), toFile: path, O_TRUNC)
    }

    /// The last bytes of a text file, from the beginning of a line; nothing if it cannot be read.
    static func tail(of path: String) -> String {
        guard let (text, isWhole) = try? SystemFile.end(of: path, limit: 4096) else { return "" }
        let lines = isWhole ? text[...] : text.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        return String(decoding: lines, as: UTF8.self)
    }
}
