import Glibc
import PoolModel

/// Lines for a person: names and contents of files cannot do anything to a terminal.
enum Output {
    /// Prints a line to standard output, at once: the reports go to standard error, and both should keep their order.
    static func print(_ line: String) {
        Swift.print(TerminalText.escape(line))
        fflush(nil)
    }

    /// Prints a line to standard error.
    static func complain(_ line: String) {
        let bytes = Array("jsoncheck: \(TerminalText.escape(line))\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
