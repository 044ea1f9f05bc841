import CommandSystem
import Glibc

/// The process that a session belongs to, as its name tells: `pooltrace-PID-STARTTIME`.
///
/// Process IDs are reused; with the time at which the process started (clock ticks since the machine did, from
/// /proc) they do not.
struct SessionOwner: Equatable {
    let pid: Int32
    let startTime: UInt64

    private static let prefix = "pooltrace"

    /// This process.
    static func current() throws -> SessionOwner {
        guard let startTime = ProcessState.startTime(of: getpid()) else {
            throw LTTngError("cannot determine when this process started from /proc/self/stat; is /proc mounted?")
        }
        return SessionOwner(pid: getpid(), startTime: startTime)
    }

    var sessionName: String { "\(Self.prefix)-\(pid)-\(startTime)" }

    /// Whether the process that the session was named after still runs.
    var isAlive: Bool { ProcessState.startTime(of: pid) == startTime }

    init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// Reads a session's name; `nil` if it is not PoolTrace's.
    init?(sessionName: String) {
        let parts = sessionName.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.prefix, let pid = Int32(parts[1]), let startTime = UInt64(parts[2])
        else { return nil }
        self.init(pid: pid, startTime: startTime)
    }
}
