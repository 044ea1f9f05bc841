/// A task that could run now, as a strategy sees it.
public struct ReadyTask: Sendable, Hashable {
    /// The task's number, the hash of its path.
    public let task: UInt64
    /// What the scheduler knows it by.
    public let token: Int

    /// Makes a ready task from its parts.
    public init(task: UInt64, token: Int) {
        self.task = task
        self.token = token
    }
}

/// Decides which of the ready tasks runs next.
///
/// A strategy holds the ready tasks in whatever order suits it. Given the same calls in the same order it makes the same decisions: it
/// reads no clock, no address and no random source but its own seed.
public protocol Strategy: Sendable {
    /// How many tasks are ready.
    var count: Int { get }
    /// Takes in a task that has become ready.
    mutating func add(_ task: ReadyTask)
    /// Gives out the task to run next; `nil` if none is ready.
    mutating func next() -> ReadyTask?
}
