import CBench
import Foundation

/// A full-screen program on a terminal of its own, of 120 columns and 40 rows: its frames are read, its keys pressed.
final class TerminalProgram {
    /// What ends a frame: the mark of synchronized output.
    private static let frameEnd = Data("\u{1B}[?2026l".utf8)
    /// So long a frame may take; a key that changes nothing draws none.
    private static let patience: Int32 = 20_000
    private static let unchanged: Int32 = 300

    private let name: String
    private let child: Int32
    private let terminal: Int32
    private let watch = Stopwatch()
    private var output = Data()
    /// The lines of the last frame, without their colours.
    private var lines: [Int: String] = [:]
    private var current = 0

    /// Starts it.
    init(_ program: String, _ arguments: [String]) throws {
        name = ([program] + arguments).joined(separator: " ")
        var words = ([program] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        words.append(nil)
        var terminal: Int32 = -1
        child = bench_terminal_start(program, &words, &terminal)
        guard child > 0 else { throw BenchError("there is no terminal: \(String(cString: strerror(errno)))") }
        self.terminal = terminal
    }

    deinit {
        kill(child, SIGKILL)
        waitpid(child, nil, 0)
        close(terminal)
    }

    // MARK: Frames

    /// Waits for the first frame with a text in it; returns the nanoseconds since the start.
    func wait(for text: String) throws -> Double {
        while !lines.values.contains(where: { $0.contains(text) }) {
            guard try nextFrame(within: Self.patience) else { throw BenchError("\(name) never showed '\(text)'") }
        }
        return watch.stop(count: 1).nanoseconds
    }

    /// Waits for the frame that says no longer that the trace is being read.
    func waitUntilRead() throws {
        while lines.values.contains(where: { $0.contains("reading, ") }) {
            guard try nextFrame(within: Self.patience) else { throw BenchError("\(name) did not end reading") }
        }
    }

    /// Presses a key; returns the nanoseconds to the end of the frame that answers it, or `nil` if the key changes
    /// nothing.
    func press(_ key: String) throws -> Double? {
        let watch = Stopwatch()
        guard write(terminal, key, key.utf8.count) == key.utf8.count else { throw BenchError("\(name) ended") }
        return try nextFrame(within: Self.unchanged) ? watch.stop(count: 1).nanoseconds : nil
    }

    /// Takes what is drawn, for this long.
    func drain(seconds: Double) throws {
        let watch = Stopwatch()
        while true {
            let rest = seconds * 1e3 - watch.stop(count: 1).nanoseconds / 1e6
            guard rest > 0 else { return }
            _ = try nextFrame(within: Int32(rest.rounded(.up)))
        }
    }

    private func nextFrame(within milliseconds: Int32) throws -> Bool {
        while true {
            if let end = output.range(of: Self.frameEnd) {
                show(output[..<end.lowerBound])
                output = Data(output[end.upperBound...])
                return true
            }
            var polled = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, milliseconds) > 0 else { return false }
            let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
                let count = read(terminal, buffer.baseAddress, buffer.count)
                output.append(contentsOf: buffer.prefix(max(count, 0)))
                return count
            }
            guard count > 0 else {
                throw BenchError("\(name) ended: \(String(decoding: output, as: UTF8.self).suffix(300))")
            }
        }
    }

    /// Each line that changed is written behind its place: escape, the row, and the column 1.
    private func show(_ frame: Data) {
        for part in String(decoding: frame, as: UTF8.self).components(separatedBy: "\u{1B}[").filter({ !$0.isEmpty }) {
            if part.hasSuffix(";1H"), let row = Int(part.dropLast(3)) {
                (current, lines[row]) = (row, "")
            } else if let end = part.firstIndex(where: \.isLetter) {
                lines[current, default: ""] += part[part.index(after: end)...]
            }
        }
    }

    // MARK: What it takes

    /// The most memory resident at a time, in MiB.
    func peakMebibytes() throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
        else { throw BenchError("/proc/\(child)/status has no VmHWM") }
        return kibibytes / 1024
    }

    /// The processor time of all its threads, in nanoseconds.
    func processorTime() throws -> UInt64 {
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(child)/task")
        return try threads.reduce(0) { sum, thread in
            let text = try String(contentsOfFile: "/proc/\(child)/task/\(thread)/schedstat", encoding: .utf8)
            return sum + (text.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
        }
    }
}
