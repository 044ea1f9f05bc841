internal import CommandSystem
internal import Glibc
internal import PoolModel

/// Standard error: one line for each thing to say, escaped.
enum StandardError {
    static func write(_ message: String) {
        let line = "pooltrace: \(TerminalText.escape(message))\n"
        // A line that cannot be written cannot be complained about either.
        try? SystemOutput.write(line, to: STDERR_FILENO, named: "standard error")
    }
}
