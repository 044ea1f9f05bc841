/// A task, or the next segment of an async task, that could run now, as a strategy sees it.
public struct ReadyTask: Sendable, Hashable {
    /// Which part of which task: the same in every run of the same program.
    public let part: TaskPart
    /// What the scheduler knows it by.
    public let token: Int

    /// Makes a ready task from its parts.
    public init(task: UInt64, segment: UInt32 = 0, token: Int) {
        part = TaskPart(task: task, segment: segment)
        self.token = token
    }

    /// The task's number, the hash of its path.
    public var task: UInt64 { part.task }
}

/// What one step of a serial run runs: a task, or one segment of an async task, from one suspension to the next.
public struct TaskPart: Sendable, Hashable {
    /// The task's number, the hash of its path.
    public let task: UInt64
    /// How many of the task's segments came before, from 0.
    public let segment: UInt32

    /// Makes a part from its parts.
    public init(task: UInt64, segment: UInt32 = 0) {
        self.task = task
        self.segment = segment
    }
}
