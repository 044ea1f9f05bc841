import Glibc
import PoolModel

/// Sentences of ours on standard error: rare, whole lines, one write each.
enum Notice {
    /// Colours, if standard error is a terminal.
    static let style = TerminalStyle(terminal: isatty(STDERR_FILENO) == 1) { name in
        getenv(name).map { String(cString: $0) }
    }

    static func write(_ sentence: String) {
        write(raw: "pooltrace: \(TerminalText.escape(Sentences.said(sentence)))\n")
    }

    /// Writes text that is escaped already, whatever a full pipe or an interrupting signal make of it.
    static func write(raw text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }
}
