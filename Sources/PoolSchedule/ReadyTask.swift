/// A task, or the next segment of one that is in the middle, that could run now, as a strategy sees it.
public struct ReadyTask: Sendable, Hashable {
    /// Which part of which task: the same in every run of the same program.
    public let part: TaskPart
    /// What the scheduler knows it by.
    public let token: Int
    /// Whether it goes on with what has just run: where the order of coming decides, it is the next.
    public let isFront: Bool

    /// Creates a ready task that runs `segment` of the task with the number `task`.
    public init(task: UInt64, segment: UInt32 = 0, token: Int) {
        self.init(TaskPart(task: task, segment: segment), token: token)
    }

    /// Creates a ready task that runs `part`; the strategy returns `token` with it.
    public init(_ part: TaskPart, token: Int, isFront: Bool = false) {
        self.part = part
        self.token = token
        self.isFront = isFront
    }

    /// The task's number, the hash of its path.
    public var task: UInt64 { part.task }
}

/// What one step of a serial run runs: a task, or one segment of a task that stops in the middle, from one point to the
/// next.
public struct TaskPart: Sendable, Hashable {
    /// The task's number, the hash of its path.
    public let task: UInt64
    /// How many of the task's segments came before, from 0.
    public let segment: UInt32

    /// What a task goes on with in the middle of a part.
    public static func rest(of task: UInt64) -> TaskPart { TaskPart(task: task, segment: .max) }

    /// Whether it is the rest of a part, which no schedule knows.
    public var isRest: Bool { segment == .max }

    /// Creates the part of a task that comes after `segment` others; the first by default.
    public init(task: UInt64, segment: UInt32 = 0) {
        self.task = task
        self.segment = segment
    }
}
