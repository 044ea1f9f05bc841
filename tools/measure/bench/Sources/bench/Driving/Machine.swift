import Foundation

/// The machine of a run, without anything that would name it.
struct Machine: Codable {
    let processor: String
    let processors: Int
    let kernel: String
    let memory: String
    /// What filled the processors before the run: above 0.2 or so the figures are disturbed.
    let loadBefore: String
    /// The file system of the directory rows.
    let fileSystem: String

    init(scratch: String) {
        let information = Self.text("/proc/cpuinfo")
        processor = Self.value(of: "model name", in: information) ?? "unknown"
        processors = ProcessInfo.processInfo.activeProcessorCount
        kernel = Self.text("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
        memory = "\(ProcessInfo.processInfo.physicalMemory >> 30) GiB"
        loadBefore = String(Self.text("/proc/loadavg").split(separator: " ").first ?? "unknown")
        fileSystem = Self.fileSystem(of: scratch)
    }

    /// Where all processors' time has gone since the machine was started, in seconds.
    struct Time {
        var total = 0.0
        /// Spent by programs and the kernel.
        var busy = 0.0
        /// Given to others by the hypervisor.
        var stolen = 0.0

        static var now: Time {
            let line = text("/proc/stat").split(separator: "\n").first ?? ""
            let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
            // User, nice, system, idle, waiting for devices, two kinds of interrupts, stolen.
            guard ticks.count == 8 else { return Time() }
            let seconds = ticks.map { $0 / Double(sysconf(Int32(_SC_CLK_TCK))) }
            let total = seconds.reduce(0, +)
            return Time(total: total, busy: total - seconds[3] - seconds[4] - seconds[7], stolen: seconds[7])
        }
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    private static func value(of key: String, in text: String) -> String? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }

    /// The type of the longest mount point above the directory.
    private static func fileSystem(of folder: String) -> String {
        var best = (length: 0, type: "unknown")
        for line in text("/proc/mounts").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2 else { continue }
            let point = String(words[1])
            let isAbove = point == "/" || folder == point || folder.hasPrefix(point + "/")
            if isAbove, point.count >= best.length { best = (point.count, String(words[2])) }
        }
        return best.type
    }
}
