import Glibc

/// The process that a session belongs to, as its name tells: `pooltrace-PID-STARTTIME`.
///
/// Process numbers come again; with the time at which the process started (clock ticks since the machine did, from
/// /proc) they do not.
struct SessionOwner: Equatable {
    let pid: Int32
    let startTime: UInt64

    private static let prefix = "pooltrace"

    /// This process.
    static func current() throws -> SessionOwner {
        guard let startTime = startTime(of: getpid()) else {
            throw LTTngError("/proc/self/stat does not tell when this process started; is /proc mounted?")
        }
        return SessionOwner(pid: getpid(), startTime: startTime)
    }

    var sessionName: String { "\(Self.prefix)-\(pid)-\(startTime)" }

    /// Whether the process that the session was named after still runs.
    var isAlive: Bool { Self.startTime(of: pid) == startTime }

    init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// Reads a session's name; `nil` if it is none of ours.
    init?(sessionName: String) {
        let parts = sessionName.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.prefix, let pid = Int32(parts[1]), let startTime = UInt64(parts[2])
        else { return nil }
        self.init(pid: pid, startTime: startTime)
    }

    /// The 22nd field of /proc/PID/stat; the second, the program's name, may itself contain spaces and brackets.
    private static func startTime(of pid: Int32) -> UInt64? {
        guard let file = fopen("/proc/\(pid)/stat", "re") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = fread(&buffer, 1, buffer.count, file)
        let text = String(decoding: buffer.prefix(length), as: UTF8.self)
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }
}
