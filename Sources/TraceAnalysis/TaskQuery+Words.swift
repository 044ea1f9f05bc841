internal import PoolModel

extension TaskQuery {
    /// A word that means nothing.
    public struct WordProblem: Error, Equatable {
        /// The word, and what was expected.
        public let text: String
    }

    /// A query typed as words that must all hold.
    ///
    /// `failed`, `succeeded`, `cancelled`, `running`, `waiting`, `overwritten`, `worker:2`, `run>10ms`, `wait>1ms`; any
    /// other word is a text.
    public init(words: String) throws(WordProblem) {
        for word in words.split(separator: " ").map({ $0.lowercased() }) {
            if let state = Self.stateWords[word] {
                states.insert(state)
            } else if word.hasPrefix("worker:") {
                guard let number = UInt32(word.dropFirst(7)) else {
                    throw WordProblem(text: "\(word): expected worker:NUMBER")
                }
                filter.workers.append(number)
            } else if word.hasPrefix("run>") {
                filter.minimumDuration = try Self.duration(word, word.dropFirst(4))
            } else if word.hasPrefix("wait>") {
                minimumWait = try Self.duration(word, word.dropFirst(5))
            } else {
                texts.append(word)
            }
        }
    }

    private static let stateWords: [String: TaskEntry.State] = [
        "failed": .failed, "succeeded": .succeeded, "cancelled": .cancelled, "running": .notEnded,
        "waiting": .notStarted, "overwritten": .overwritten,
    ]

    private static func duration(_ word: String, _ text: Substring) throws(WordProblem) -> UInt64 {
        do { return try Quantity.nanoseconds(String(text)) } catch { throw WordProblem(text: "\(word): \(error)") }
    }
}
