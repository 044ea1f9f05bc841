/// Errors of pools themselves, not of their tasks.
public enum PoolError: Error, Equatable, Sendable {
    /// Something was submitted to a pool that was closed.
    case closed(pool: String)
    /// `join` was called on a pool that is still open: it would wait for submits that may come for ever. Close it
    /// first.
    case joinedWhileOpen(pool: String)
    /// A task joined its own pool: it would wait for itself.
    case joinedFromInside(pool: String)
    /// A worker's thread could not be started; the code is an `errno`.
    case noThread(pool: String, code: Int32)
    /// More workers were asked for than the pool was made for.
    case tooManyWorkers(pool: String, most: Int)
    /// The initializer of a worker has thrown, so that the pool runs nothing.
    case initializerFailed(pool: String)
}

extension PoolError: CustomStringConvertible {
    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .closed(let pool): "pool \"\(pool)\" is closed and accepts no more tasks"
        case .joinedWhileOpen(let pool): "pool \"\(pool)\" is still open; call close() before join()"
        case .joinedFromInside(let pool): "a task of pool \"\(pool)\" joined its own pool, and would wait for itself"
        case .noThread(let pool, let code): "pool \"\(pool)\": a worker's thread could not be started (errno \(code))"
        case .tooManyWorkers(let pool, let most):
            "pool \"\(pool)\" was created for at most \(most) workers; create it with more, or increase maximumSubstitutes"
        case .initializerFailed(let pool):
            "pool \"\(pool)\" is broken because its initializer threw; see the report of the task \"initializer\""
        }
    }
}
