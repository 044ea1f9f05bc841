/// A task's failure as it was recorded: with the definitions it refers to, a report needs nothing else.
public struct TaskError: Sendable, Equatable {
    /// A task that another worker ran when this one failed.
    public struct Neighbour: Sendable, Equatable {
        /// The worker's number in the process.
        public var worker: UInt32
        /// The number of the task's name, 0 without one.
        public var name: UInt32
        /// How long it had been running, in nanoseconds.
        public var running: UInt64
        /// Its path, as text.
        public var path: String

        /// Creates the value.
        public init(worker: UInt32, name: UInt32 = 0, running: UInt64, path: String) {
            self.worker = worker
            self.name = name
            self.running = running
            self.path = path
        }
    }

    /// Something that the task said.
    public struct Said: Sendable, Equatable {
        let what: UInt64
        let value: Double
        let before: UInt64
    }

    /// The task's number.
    public var task: UInt64
    /// Its place among the process's failures, from 1.
    public var number: UInt64
    /// How many earlier failures had the same signature.
    public var sameBefore: UInt64
    /// When the task started, in nanoseconds since the process's recorder started.
    public var start: UInt64
    /// How long it waited in the queue, in nanoseconds.
    public var queueWait: UInt64
    /// How long it ran, in nanoseconds.
    public var runTime: UInt64
    /// The pool's number.
    public var pool: UInt32
    /// The worker's number in the process.
    public var worker: UInt32
    /// The number of the site of its submission.
    public var site: UInt32
    /// The number of its name, 0 without one.
    public var name: UInt32
    /// Its path, as text.
    public var path: String
    /// What it was working on; empty where it had no input.
    public var input: String
    /// The error's type.
    public var type: String
    /// What the error says of itself.
    public var message: String
    /// What ran beside it.
    public var beside: [Neighbour]
    /// How many more ran beside it.
    public var besideOmitted: UInt32
    /// What the task said last: a kind above a name's number, its value, and how long before.
    public var said: [Said]
    /// The numbers of the sites of the submitting tasks, nearest first.
    public var ancestorSites: [UInt64]
    /// The numbers of the names of the submitting tasks, nearest first.
    public var ancestorNames: [UInt64]
    /// Return addresses where the error was thrown, innermost first.
    public var frames: [UInt64]
    /// Whether the failure was described while its worker went on.
    public var isDeferred: Bool

    /// Creates the value.
    public init(
        task: UInt64, number: UInt64, sameBefore: UInt64 = 0, start: UInt64, queueWait: UInt64, runTime: UInt64,
        pool: UInt32, worker: UInt32, site: UInt32, name: UInt32 = 0, path: String, input: String = "", type: String,
        message: String, beside: [Neighbour] = [], besideOmitted: UInt32 = 0, ancestorSites: [UInt64] = [],
        ancestorNames: [UInt64] = [], frames: [UInt64] = [], isDeferred: Bool = false, said: [Said] = []
    ) {
        self.task = task
        self.number = number
        self.sameBefore = sameBefore
        self.start = start
        self.queueWait = queueWait
        self.runTime = runTime
        self.pool = pool
        self.worker = worker
        self.site = site
        self.name = name
        self.path = path
        self.input = input
        self.type = type
        self.message = message
        self.beside = beside
        self.besideOmitted = besideOmitted
        self.said = said
        self.ancestorSites = ancestorSites
        self.ancestorNames = ancestorNames
        self.frames = frames
        self.isDeferred = isDeferred
    }
}
