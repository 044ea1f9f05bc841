/// What an observer knows of a task.
public struct ObservedTask: Hashable, Sendable {
    /// The name of its pool.
    public let pool: String
    /// Its name, which many tasks may share; `nil` without one.
    public let name: String?
}
