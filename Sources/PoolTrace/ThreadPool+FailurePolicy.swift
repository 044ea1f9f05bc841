extension ThreadPool {
    /// What a map does when an element fails.
    public enum FailurePolicy: Sendable {
        /// All elements run; the map throws the `TaskFailure` of the first that failed, in the order of the inputs.
        case finishAll
        /// What has not started ends as cancelled; the map throws the `TaskFailure` of the first that failed, in the order of the inputs.
        case failFast
        /// All elements run; the map throws all failures as one `TaskFailures`.
        case collectAll
    }
}
