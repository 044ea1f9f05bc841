internal import Glibc
package import PoolModel

/// PoolTrace's notices on standard error: rare, whole lines, one write each.
package enum Notice {
    /// Colours, if standard error is a terminal.
    package static let style = TerminalStyle(terminal: isatty(STDERR_FILENO) == 1) { name in
        getenv(name).map { String(cString: $0) }
    }

    /// Writes a sentence as a line of its own.
    package static func write(_ sentence: String) {
        write(raw: "pooltrace: \(TerminalText.escape(Sentences.said(sentence)))\n")
    }

    /// Writes text that is escaped already, whatever a full pipe or an interrupting signal make of it.
    package static func write(raw text: String) {
        var text = text
        text.withUTF8 { _ = SystemCalls.writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }
}
