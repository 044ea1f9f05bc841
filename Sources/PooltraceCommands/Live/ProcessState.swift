internal import Glibc

/// Whether a process still runs.
enum ProcessState {
    /// Whether it has ended: it is gone, or nobody has asked yet how it ended.
    static func hasEnded(_ process: Int32) -> Bool {
        if kill(process, 0) != 0 { return errno == ESRCH }
        guard let file = fopen("/proc/\(process)/stat", "re") else { return true }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        let text = String(decoding: buffer.prefix(count), as: UTF8.self)
        // The name, which comes before, may hold anything, in parentheses.
        guard let name = text.lastIndex(of: ")") else { return false }
        let fields = text[text.index(after: name)...].split(separator: " ")
        // A process goes on when its first thread has ended, as long as it has others.
        return fields.count > 17 && ["Z", "X"].contains(fields[0]) && (Int(fields[17]) ?? 0) <= 1
    }
}
