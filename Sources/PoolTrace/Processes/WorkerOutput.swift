import Glibc
import PoolModel
import PoolRecorder

/// What a worker writes to its standard error, read by the watcher and written on, line by line, with the worker and
/// its task before it.
///
/// A worker that has printed goes on to its next task once the pipe is empty, so what is in the pipe belongs to the
/// task that runs.
final class WorkerOutput {
    /// The reading end; negative once the pipe is closed.
    private(set) var descriptor: Int32
    private let pool: String
    private let number: UInt32
    private var label = ""
    private var line: [UInt8] = []
    /// Lines of the task in `label`: the first and the last.
    private var lines: [String] = []
    /// Swift's backtrace of a crash, in lines as they are to be written; its own report has what a reader needs of it.
    private var backtrace: [String]?

    /// A longer line is written in pieces.
    private static let maximumLineLength = 4096
    private static let keptFirst = 8
    private static let keptLast = 8

    init(descriptor: Int32, pool: String, number: UInt32) {
        (self.descriptor, self.pool, self.number) = (descriptor, pool, number)
    }

    deinit { close() }

    /// The first lines of a task, and the last.
    func lines(of task: String) -> [String] { task == label ? lines : [] }

    /// Reads what is there.
    func read(of worker: WorkerProcess) {
        // Before the bytes are taken: the worker waits for that.
        take(label: worker.runningTask)
        var written = ""
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { room in
            while descriptor >= 0 {
                let count = Glibc.read(descriptor, room.baseAddress, room.count)
                if count < 0 && errno == EINTR { continue }
                if count < 0 && errno == EAGAIN { break }
                guard count > 0 else {
                    close()
                    break
                }
                for byte in room.prefix(count) { add(byte, &written) }
                // One full piece at a time, so that a worker that prints for ever does not keep the watcher.
                if count < room.count || written.utf8.count > 64 << 10 { break }
            }
        }
        Notice.write(raw: written)
    }

    /// The worker has ended: what is left in the pipe, and the end of an open line.
    func finish(of worker: WorkerProcess) {
        if descriptor >= 0 { read(of: worker) }
        close()
        var written = ""
        endLine(&written)
        endBacktrace(&written, isReported: worker.crash != nil)
        Notice.write(raw: written)
    }

    /// Writes the backtrace, or, if the failure's report says where the crash was, how long it is.
    private func endBacktrace(_ written: inout String, isReported: Bool) {
        guard let backtrace = backtrace.take() else { return }
        guard isReported, Settings.current.frames == .folded else { return written += backtrace.joined() }
        written += "\(prefix) ... \(backtrace.count) lines of Swift's backtrace; POOLTRACE_FRAMES=all shows them\n"
    }

    /// Whether a line is the first of a backtrace: `*** Signal 4: Backtracing from 0x...`, `*** Program crashed: ...`.
    private static func beginsBacktrace(_ text: String) -> Bool {
        (text.hasPrefix("*** ") || text.hasPrefix("\u{1F4A3} "))
            && (text.contains("Backtracing from") || text.contains("Program crashed:"))
    }

    private func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func take(label new: String) {
        guard new != label else { return }
        var written = ""
        endLine(&written)
        Notice.write(raw: written)
        (label, lines) = (new, [])
    }

    private func add(_ byte: UInt8, _ written: inout String) {
        if byte == UInt8(ascii: "\n") || line.count >= Self.maximumLineLength {
            endLine(&written, isEmptyToo: true)
            if byte == UInt8(ascii: "\n") { return }
        }
        line.append(byte)
    }

    private var prefix: String {
        "[\(TerminalText.escape(pool))-\(number)\(label.isEmpty ? "" : " \(label)")]"
    }

    private func endLine(_ written: inout String, isEmptyToo: Bool = false) {
        guard isEmptyToo || !line.isEmpty else { return }
        let text = TerminalText.escape(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
        if backtrace == nil, Self.beginsBacktrace(text) { backtrace = [] }
        if backtrace != nil {
            backtrace?.append("\(prefix) \(text)\n")
            return
        }
        written += "\(prefix) \(text)\n"
        lines.append(text)
        if lines.count > Self.keptFirst + Self.keptLast { lines.remove(at: Self.keptFirst) }
    }
}
