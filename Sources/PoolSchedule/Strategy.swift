/// Decides which of the ready tasks runs next.
///
/// A strategy holds the ready tasks in whatever order suits it. Given the same calls in the same order it makes the
/// same decisions: it reads no clock, no address and no random source but its own seed.
public protocol Strategy: Sendable {
    /// How many tasks are ready.
    var count: Int { get }
    /// Takes in a task that has become ready.
    mutating func add(_ task: ReadyTask)
    /// Gives out the task to run next; `nil` if none is ready.
    mutating func next() -> ReadyTask?
}
