import PoolModel

extension ThreadPool {
    /// What a map does when an element fails.
    public enum FailurePolicy: Sendable {
        /// All elements run; the map throws the `TaskFailure` of the first that failed, in the order of the inputs.
        case finishAll
        /// What has not started ends as cancelled; the map throws the `TaskFailure` of the first that failed, in the
        /// order of the inputs.
        case failFast
        /// All elements run; the map throws all failures as one `TaskFailures`.
        case collectAll
    }
}

extension ThreadPool.FailurePolicy {
    /// Throws what the caller of a map is to be thrown: the failure of the first failed element or all failures, else
    /// that some elements were cancelled.
    ///
    /// The report of that failure counts those that failed the same way, so they count as retrieved with it; others are
    /// reported later.
    ///
    /// - Parameter missing: The elements without a result; `nil` for those that were cancelled.
    func throwFailures(_ missing: [Int: TaskFailure?]) throws {
        guard !missing.isEmpty else { return }
        let failures = missing.sorted { $0.key < $1.key }.compactMap(\.value)
        guard let first = failures.first else { throw CancellationError() }
        if case .collectAll = self {
            for failure in failures { failure.isRetrieved = true }
            throw TaskFailures(failures)
        }
        for failure in failures { failure.isRetrieved(with: first) }
        throw first
    }
}
