internal import Glibc
internal import PoolModel

/// Standard error: one line for each thing to say, escaped.
enum StandardError {
    static func write(_ message: String) {
        var line = "pooltrace: \(TerminalText.escape(message))\n"
        // A line that cannot be written cannot be complained about either.
        _ = line.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
