import Glibc

/// One line that says how far a long command is, on a terminal; nothing elsewhere.
struct Progress {
    private let notice: Recording.Notice
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(_ notice: Recording.Notice) { self.notice = notice }

    /// Replaces the line.
    func show(_ text: String) {
        if isTerminal { notice.put("\r\u{1B}[K\(text)") }
    }

    /// Removes it.
    func end() {
        if isTerminal { notice.put("\r\u{1B}[K") }
    }
}
