internal import CommandSystem

/// Finds the rings of a running process.
public enum ProcessRings {
    /// The rings of a process, with those of its worker processes: in its memory, or in the directory that it records
    /// into.
    ///
    /// The name is empty for the process itself.
    public static func of(_ process: Int32) throws -> [(name: String, ring: any LiveRing)] {
        do {
            return try MemoryRing.rings(of: process)
        } catch let problem as SystemError {
            let rings = folder(of: process).map { FolderRing.rings(in: $0) } ?? []
            if rings.isEmpty { throw problem }
            return rings
        }
    }

    /// The directory that a process was told to record into.
    private static func folder(of process: Int32) -> String? {
        let key = "POOLTRACE_TRACE="
        return SystemFile.texts("/proc/\(process)/environ", limit: 1 << 20).first { $0.hasPrefix(key) }
            .map { String($0.dropFirst(key.count)) }
    }
}
