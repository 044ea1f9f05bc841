internal import PoolModel
internal import TraceAnalysis

/// The pools in which nothing ran: a line for all of them together.
struct IdlePools {
    private var names: [String] = []
    private var workers = 0
    private(set) var count = 0

    /// - Parameter pool: `nil` for workers whose pool the trace does not define.
    mutating func add(_ pool: Run.Pool?, workers: Int) {
        count += 1
        self.workers += workers
        if let pool, names.count < 100 { names.append("\"\(TerminalText.escape(pool.name.prefix(100)))\"") }
    }

    func line(width: Int) -> [StyledText] {
        guard count > 0 else { return [] }
        let head = "\(Counted.text(count, "pool")) without tasks, \(Counted.text(workers, "worker"))"
        let text = names.isEmpty ? head : head + ": " + names.joined(separator: ", ")
        return [StyledText(TerminalText.cut(text, to: width), .dim)]
    }
}
