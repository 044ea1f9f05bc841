internal import Exploration
internal import Glibc
internal import TraceViews

/// One line that says how far a long command is, on a terminal; nothing elsewhere.
struct Progress {
    private let notice: Recording.Notice
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(_ notice: Recording.Notice) { self.notice = notice }

    /// Replaces the line.
    func show(_ text: String) {
        if isTerminal { notice.put("\r\u{1B}[K\(text)") }
    }

    /// How far a search is.
    func show(_ found: Search.Found) {
        show(
            "\(Counted.text(found.executions, "execution")), \(Counted.text(found.failures.count, "failure")), "
                + "\(Int(found.seconds)) s")
    }

    /// Removes it.
    func end() {
        if isTerminal { notice.put("\r\u{1B}[K") }
    }
}
