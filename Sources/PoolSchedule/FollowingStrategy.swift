/// A strategy that follows a schedule: it also has to know of what ran without having been chosen.
public protocol FollowingStrategy: Strategy {
    /// Notes that a task ran because another waited for it.
    mutating func didRun(_ task: UInt64)
    /// Notes that a task has ended, maybe after fewer parts than the schedule has.
    mutating func didEnd(_ task: UInt64)
    /// Whether what has ended a wait may go on, or what is waited for may run: nothing that is ready has to run before.
    /// Then it counts as run.
    mutating func goesOn(_ part: TaskPart) -> Bool
    /// Whether a task at a point goes on without a step.
    ///
    /// - Parameter isAlone: Whether nothing else is ready.
    mutating func passes(_ part: TaskPart, isAlone: Bool) -> Bool
    /// Where the run first left the schedule; `nil` as long as it has not.
    var divergence: Divergence? { get }
}

/// Where a run left the schedule that it follows.
public struct Divergence: Sendable, Equatable {
    /// The place in the schedule, from 1.
    public let step: Int
    /// What the schedule has there.
    public let expected: TaskPart
    /// What ran in its place.
    public let chosen: TaskPart
    /// How many tasks were ready.
    public let ready: Int

    /// Creates a divergence at `step`, counted from 1.
    public init(step: Int, expected: TaskPart, chosen: TaskPart, ready: Int) {
        self.step = step
        self.expected = expected
        self.chosen = chosen
        self.ready = ready
    }
}
