/// Errors of pools of processes themselves, not of their tasks.
public enum ProcessPoolError: Error, Equatable, Sendable {
    /// The type of a task cannot be found by its name: it is private, or declared inside a function.
    case typeNotFound(type: String)
    /// A worker process could not be started; the code is an `errno`.
    case noProcess(pool: String, code: Int32)
    /// The initializer of a worker process threw.
    case initializerFailed(type: String, message: String)
}

extension ProcessPoolError: CustomStringConvertible {
    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .typeNotFound(let type):
            "the task type \(type) cannot be found by name in a worker process; declare it internal or public, and outside of functions"
        case .noProcess(let pool, let code): "pool \"\(pool)\": a worker process could not be started (errno \(code))"
        case .initializerFailed(let type, let message): "the initializer \(type) of a worker process failed: \(message)"
        }
    }
}
