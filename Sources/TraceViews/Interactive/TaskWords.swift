internal import PoolModel
internal import TraceAnalysis

/// What a search or a filter of the task list asks for: words that must all hold.
///
/// `failed`, `succeeded`, `cancelled`, `running`, `waiting`, `worker:2`, `run>10ms`, `wait>1ms`; any other word is looked for in names,
/// sites and errors, without regard to case, or is the end of a path: `.3.1`, `[17]`.
struct TaskWords: Sendable, Equatable {
    /// A word that means nothing.
    struct Problem: Error, Equatable { let text: String }

    private(set) var states: Set<TaskEntry.State> = []
    private(set) var workers: Set<UInt32> = []
    private(set) var leastRun: UInt64 = 0
    private(set) var leastWait: UInt64 = 0
    private(set) var words: [String] = []
    let text: String

    /// Everything passes.
    static let open = TaskWords()

    private init() { text = "" }

    init(_ text: String) throws(Problem) {
        self.text = text
        for word in text.split(separator: " ").map({ $0.lowercased() }) {
            if let state = Self.states[word] {
                states.insert(state)
            } else if word.hasPrefix("worker:") {
                guard let number = UInt32(word.dropFirst(7)) else {
                    throw Problem(text: "\(word): expected worker:NUMBER")
                }
                workers.insert(number)
            } else if word.hasPrefix("run>") {
                leastRun = try Self.duration(word, word.dropFirst(4))
            } else if word.hasPrefix("wait>") {
                leastWait = try Self.duration(word, word.dropFirst(5))
            } else {
                words.append(word)
            }
        }
    }

    private static let states: [String: TaskEntry.State] = [
        "failed": .failed, "succeeded": .succeeded, "cancelled": .cancelled, "running": .notEnded,
        "waiting": .notStarted, "overwritten": .overwritten,
    ]

    private static func duration(_ word: String, _ text: Substring) throws(Problem) -> UInt64 {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let units: [Substring: Double] = ["ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "": 1e9]
        guard let number = Double(digits), let unit = units[text.dropFirst(digits.count)], number * unit < 1e18 else {
            throw Problem(text: "\(word): expected a time such as 10ms")
        }
        return UInt64(number * unit)
    }
}

// MARK: - Bound to a run

extension TaskWords {
    /// The query with the run's names looked up, so that a task costs a few comparisons.
    struct Bound {
        private struct Word {
            let names: Set<UInt32>
            let sites: Set<UInt32>
            let failed: Set<UInt64>
            let text: String
            /// The last step, where the word is the end of a path: only tasks with this one have their path made.
            let step: (isElement: Bool, number: UInt64)?
        }

        private let query: TaskWords
        private let run: Run
        private let words: [Word]
        private let workers: Set<UInt32>

        init(_ query: TaskWords, _ run: Run) {
            self.query = query
            self.run = run
            workers = Set(run.workers.filter { query.workers.contains($0.number) }.map(\.id))
            words = query.words.map { text in
                Word(
                    names: Set(run.names(where: { $0.lowercased().contains(text) })),
                    sites: Set(run.sites(where: { $0.description.lowercased().contains(text) })),
                    failed: Set(
                        zip(run.failures, run.failureTasks).lazy
                            .filter { "\($0.0.type): \($0.0.message)".lowercased().contains(text) }.map(\.1)),
                    text: text, step: Self.lastStep(text))
            }
        }

        func matches(_ task: TaskEntry) -> Bool {
            if !query.states.isEmpty, !query.states.contains(run.state(of: task)) { return false }
            if !query.workers.isEmpty, !workers.contains(task.worker) { return false }
            if query.leastRun > 0, (task.started.map { (task.ended ?? run.end) &- $0 } ?? 0) < query.leastRun {
                return false
            }
            if query.leastWait > 0, (task.queueWait ?? 0) < query.leastWait { return false }
            return words.allSatisfy { matches($0, task) }
        }

        private func matches(_ word: Word, _ task: TaskEntry) -> Bool {
            if word.names.contains(task.name) || word.sites.contains(task.site) || word.failed.contains(task.number) {
                return true
            }
            guard let step = word.step, step.isElement == task.isElement,
                step.number == (task.isElement ? task.index : UInt64(task.ordinal))
            else { return false }
            return run.path(of: task).hasSuffix(word.text)
        }

        private static func lastStep(_ text: String) -> (Bool, UInt64)? {
            if text.hasSuffix("]"), let open = text.lastIndex(of: "["),
                let index = UInt64(text[text.index(after: open)...].dropLast())
            {
                return (true, index)
            }
            guard let dot = text.lastIndex(of: "."), let ordinal = UInt64(text[text.index(after: dot)...]) else {
                return nil
            }
            return (false, ordinal)
        }
    }
}
