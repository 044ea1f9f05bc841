/// Everything that is known of one failed task: what a report is made from, in the process and from a trace alike.
public struct Failure: Sendable, Equatable {
    /// One function on the stack where the error was thrown.
    public struct Frame: Sendable, Hashable {
        /// The function, demangled; the bare address where nothing is known.
        public let function: String
        /// The source file, as the compiler was given it; empty where there is no debug information.
        public let file: String
        /// The line, from 1; 0 where it is unknown.
        public let line: UInt32

        /// Creates a frame.
        public init(function: String, file: String, line: UInt32) {
            self.function = function
            self.file = file
            self.line = line
        }

        /// An order, so that of two the same is always the first.
        fileprivate func isBefore(_ other: Frame) -> Bool {
            (file, line, function) < (other.file, other.line, other.function)
        }
    }

    /// A task that waits to be explained: the one that submitted the failed one, and so on up.
    public struct Ancestor: Sendable, Equatable {
        /// Its name, if it had one.
        public let name: String?
        /// Where it was submitted itself.
        public let site: Site

        /// Creates an ancestor.
        public init(name: String?, site: Site) {
            self.name = name
            self.site = site
        }
    }

    /// A task that was running on another worker when this one failed.
    public struct Neighbour: Sendable, Equatable {
        /// The worker's number in its pool, from 1.
        public let worker: UInt32
        /// The task's path.
        public let path: String
        /// The task's name, if it had one.
        public let name: String?
        /// How long it had been running, in nanoseconds.
        public let running: UInt64

        /// Creates a neighbour.
        public init(worker: UInt32, path: String, name: String?, running: UInt64) {
            self.worker = worker
            self.path = path
            self.name = name
            self.running = running
        }
    }

    /// Its place among the process's failures, from 1.
    public var number: UInt64
    /// How many earlier failures had the same signature.
    public var sameBefore: UInt64
    /// The task's path, as text.
    public var path: String
    /// The task's name, if it had one.
    public var name: String?
    /// Where it was submitted.
    public var site: Site
    /// The number of its pool in the process.
    public var pool: UInt32
    /// Its pool's name.
    public var poolName: String
    /// The number of the worker that ran it, in its pool, from 1.
    public var worker: UInt32
    /// What it was working on, as text, cut; `nil` where it had no input or the configuration keeps inputs out.
    public var input: String?
    /// The error's type, `jsoncheck.JSONError`.
    public var type: String
    /// What the error says of itself, cut.
    public var message: String
    /// Where it was thrown, innermost first; empty where that is unknown.
    public var frames: [Frame]
    /// The tasks above it, nearest first, without the root.
    public var ancestors: [Ancestor]
    /// What else was running when it failed.
    public var beside: [Neighbour]
    /// How many more were running than `beside` has, which holds as many as an event.
    public var besideOmitted: UInt32
    /// What the task said last, earliest first.
    public var said: [Said]
    /// When it started, in nanoseconds since the process's recorder started.
    public var start: UInt64
    /// How long it waited in the queue, in nanoseconds.
    public var queueWait: UInt64
    /// How long it ran, in nanoseconds.
    public var runTime: UInt64
    /// The two accesses, if it is a data race: `frames` are where the task's own is.
    public var race: Race?

    /// Creates a failure.
    public init(
        number: UInt64, sameBefore: UInt64, path: String, name: String?, site: Site, pool: UInt32, poolName: String,
        worker: UInt32, input: String?, type: String, message: String, frames: [Frame], ancestors: [Ancestor],
        beside: [Neighbour], besideOmitted: UInt32 = 0, said: [Said] = [], start: UInt64, queueWait: UInt64,
        runTime: UInt64, race: Race? = nil
    ) {
        self.number = number
        self.sameBefore = sameBefore
        self.path = path
        self.name = name
        self.site = site
        self.pool = pool
        self.poolName = poolName
        self.worker = worker
        self.input = input
        self.type = type
        self.message = message
        self.frames = frames
        self.ancestors = ancestors
        self.beside = beside
        self.besideOmitted = besideOmitted
        self.said = said
        self.start = start
        self.queueWait = queueWait
        self.runTime = runTime
        self.race = race
    }
}

// MARK: - Signature

extension Failure {
    /// What makes two failures the same failure: the error's type, where it was thrown, where the task was submitted,
    /// and its pool.
    public struct Signature: Hashable, Sendable {
        /// The error's type.
        public let type: String
        /// Where it was thrown; `nil` where that is unknown.
        public let thrown: Frame?
        /// Where the task was submitted.
        public let site: Site
        /// The number of its pool in the process.
        public let pool: UInt32

        /// Creates a signature.
        public init(type: String, thrown: Frame?, site: Site, pool: UInt32) {
            self.type = type
            self.thrown = thrown
            self.site = site
            self.pool = pool
        }
    }

    /// Whether it is that of a promise: one is in no pool, and no worker runs it.
    public var isPromise: Bool { pool == 0 && worker == 0 && race == nil }

    /// Whether it is a race of main's, or of another thread outside of the tasks, with one like it.
    var isMain: Bool { race != nil && worker == 0 }

    /// The failure's signature.
    ///
    /// A race is the same one whichever of the two tasks came first.
    public var signature: Signature {
        let own = Signature(type: type, thrown: frames.first, site: site, pool: pool)
        guard let race, let place = frames.first, let other = race.frames.first, other.isBefore(place) else {
            return own
        }
        return Signature(type: type, thrown: other, site: race.site, pool: pool)
    }
}
