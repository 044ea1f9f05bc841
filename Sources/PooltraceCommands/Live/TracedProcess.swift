internal import CommandSystem
internal import Glibc
internal import RingAccess

/// A process of this user that has a ring.
struct TracedProcess {
    let pid: Int32
    let command: String

    /// All of them, by their numbers; worker processes are seen with the process that they work for.
    static func all() -> [TracedProcess] {
        let processes = ((try? SystemDirectory.entries(of: "/proc")) ?? []).compactMap { Int32($0) }
        return processes.sorted().filter { $0 != getpid() && (try? ProcessRings.of($0)) != nil }
            .map { TracedProcess(pid: $0, command: commandLine(of: $0)) }
    }

    private static func commandLine(of pid: Int32) -> String {
        SystemFile.texts("/proc/\(pid)/cmdline", limit: 4096).joined(separator: " ")
    }
}
