internal import Glibc

/// A process of this user that has a ring.
struct TracedProcess {
    let pid: Int32
    let command: String

    /// All of them, by their numbers; worker processes are seen with the process that they work for.
    static func all() -> [TracedProcess] {
        guard let list = opendir("/proc") else { return [] }
        defer { closedir(list) }
        var found: [TracedProcess] = []
        while let entry = readdir(list) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = Int32(name), pid != getpid(), (try? LiveLook.rings(of: pid)) != nil else { continue }
            found.append(TracedProcess(pid: pid, command: commandLine(of: pid)))
        }
        return found.sorted { $0.pid < $1.pid }
    }

    private static func commandLine(of pid: Int32) -> String {
        guard let file = fopen("/proc/\(pid)/cmdline", "re") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        return buffer.prefix(count).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: " ")
    }
}
