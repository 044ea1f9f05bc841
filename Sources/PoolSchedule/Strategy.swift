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
    /// Which wait ends by its time limit now, although tasks are ready; `nil`: none does.
    ///
    /// - Parameter waits: All waits with a limit, the one that ends first first. Of what is ready then, `next` gives
    ///   out the task that has waited, if the strategy decides on every order itself.
    mutating func limitToEnd(_ waits: [LimitedWait]) -> Int?
}

extension Strategy {
    /// Limits end when nothing is ready, as on a machine that has time for all.
    public mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? { nil }
}

/// A wait that ends by its time limit if not before.
public struct LimitedWait: Sendable {
    /// What its task does next.
    public let part: TaskPart
    /// How long it has to go.
    public let left: Duration

    /// Creates a wait that ends after `left` at the latest; then its task runs `part`.
    public init(_ part: TaskPart, left: Duration) {
        self.part = part
        self.left = left
    }
}
