import PoolTrace
import Synchronization

/// Close overtakes flush: a log is closed before its last lines are written.
///
/// The task that adds the last line has the lines written by a task of its own. `close` waits for the last line, but
/// not for that task.
enum CloseOvertakesFlush {
    struct LogClosed: Error, CustomStringConvertible {
        let lines: Int
        var description: String { "the log is closed, and \(lines) lines are not written" }
    }

    struct LinesLost: Error, CustomStringConvertible {
        let written: Int
        let expected: Int
        var description: String { "\(written) lines are in the log, expected \(expected)" }
    }

    private final class Log: Sendable {
        private struct State {
            var missing: Int
            var lines: [String] = []
            var written = 0
            var isOpen = true
            var closesWithLastLine = false
        }

        private let state: Mutex<State>

        init(lines: Int) { state = Mutex(State(missing: lines)) }

        var written: Int { state.withLock { $0.written } }

        func add(_ line: String, on pool: ThreadPool) throws {
            let (isLast, isClosing) = state.withLock { state in
                state.lines.append(line)
                state.missing -= 1
                return (state.missing == 0, state.closesWithLastLine)
            }
            guard isLast else { return }
            guard isClosing else { return pool.execute(name: "flush") { try self.flush() } }
            try flush()
            close()
        }

        /// Closes the log, or lets the last line do it.
        func close() {
            state.withLock { state in
                if state.missing > 0 { state.closesWithLastLine = true } else { state.isOpen = false }
            }
        }

        private func flush() throws {
            let text = state.withLock { $0.lines }.map { "\($0), \(Table(rows: 30...60).sum()) bytes" }
            try state.withLock { state in
                guard state.isOpen else { throw LogClosed(lines: text.count) }
                state.written += text.count
                state.lines = []
            }
        }
    }

    static func run() throws {
        let log = Log(lines: 3)
        try withThreadPool(name: "server", workers: 2) { pool in
            for number in 1...3 {
                pool.execute(name: "request") {
                    let sum = Table(rows: 100...300).sum()
                    try log.add("request \(number): \(sum)", on: pool)
                }
            }
            // The last client has gone.
            pool.execute(name: "goodbye") {
                let statistics = Table(rows: 50...800)
                pool.execute(name: "close") {
                    if statistics.sum() > 0 { log.close() }
                }
            }
        }
        guard log.written == 3 else { throw LinesLost(written: log.written, expected: 3) }
        print("3 lines are in the log")
    }
}
