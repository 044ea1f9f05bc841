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

    /// Processor time that the hypervisor has given to others since the machine was started, and all processor time, in ticks.
    static func stolen() -> (stolen: Double, total: Double) {
        let line = text("/proc/stat").split(separator: "\n").first ?? ""
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        return (ticks.count == 8 ? ticks[7] : 0, ticks.reduce(0, +))
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    private static func value(of key: String, in text: String) -> String? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }

    /// The type of the longest mount point above the folder.
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
