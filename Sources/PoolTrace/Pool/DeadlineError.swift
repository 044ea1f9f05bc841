/// A task's deadline had passed before it could start, so it was not run.
public struct DeadlineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The task, `main.3.1`.
    public let task: String
    /// How long after the deadline its turn came.
    public let late: Duration

    /// A sentence that names the task.
    public var description: String { "task \(task) was not started: its deadline had passed \(late) before its turn" }
}

extension DeadlineError {
    /// Throws where it is too late for the current task to start.
    static func throwIfLate(_ deadline: ContinuousClock.Instant) throws {
        let late = deadline.duration(to: .now)
        if late >= .zero { throw DeadlineError(task: CurrentTask.path ?? "", late: late) }
    }
}
