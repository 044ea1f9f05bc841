public import PoolModel

/// Errors of promises.
public enum PromiseError: Error, Equatable, Sendable {
    /// It was completed before: the promise's path, and where it was made, completed first, and completed again.
    case alreadyCompleted(promise: String, made: Site, first: Site, again: Site)
    /// The future was cancelled: the promise's path, and where it was made.
    case cancelled(promise: String, made: Site)
    /// The promise was released, so nobody can complete it any more: its path, and where it was made.
    ///
    /// The error of its future.
    case broken(promise: String, made: Site)
}

extension PromiseError: CustomStringConvertible {
    /// A sentence that names the promise and the places.
    public var description: String {
        switch self {
        case .alreadyCompleted(let promise, let made, let first, let again):
            "promise \(promise), created at \(made), was completed at \(first) and again at \(again)"
        case .cancelled(let promise, let made): "promise \(promise), created at \(made), was cancelled"
        case .broken(let promise, let made):
            "promise \(promise), created at \(made), was released without being completed"
        }
    }
}
