internal import Glibc

/// Whether a process still runs, and since when.
public enum ProcessState {
    /// Whether there is such a process, of whichever user, or its end has not been collected yet.
    public static func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno == EPERM }

    /// Whether it has ended: it is gone, or nobody has asked yet how it ended.
    public static func hasEnded(_ process: Int32) -> Bool {
        if kill(process, 0) != 0 { return errno == ESRCH }
        guard let fields = fields(of: process) else { return true }
        // A process goes on when its first thread has ended, as long as it has others.
        return fields.count > 17 && ["Z", "X"].contains(fields[0]) && (Int(fields[17]) ?? 0) <= 1
    }

    /// When it started, in clock ticks since the machine did; nil if there is no such process.
    ///
    /// Process IDs come again; together with this they do not.
    public static func startTime(of process: Int32) -> UInt64? {
        guard let fields = fields(of: process), fields.count > 19 else { return nil }
        return UInt64(fields[19])
    }

    /// The fields of `/proc/PID/stat` from the third on.
    private static func fields(of process: Int32) -> [String]? {
        guard let bytes = try? SystemFile.read("/proc/\(process)/stat", limit: 4096) else { return nil }
        // The name, which comes before, may hold anything, in parentheses.
        guard let name = bytes.lastIndex(of: UInt8(ascii: ")")) else { return [] }
        return bytes[(name + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }
}
