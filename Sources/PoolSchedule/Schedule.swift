public import PoolModel

/// In which order the tasks of a run are to start: what a run was recorded to have done, or what a search found.
public struct Schedule: Sendable, Equatable {
    /// The program that a schedule is of.
    public struct Program: Sendable, Equatable {
        /// The executable's name, without its folders.
        public var name: String
        /// Its build id, in hexadecimal; empty where it has none.
        public var buildID: String
        /// The command line without PoolTrace's own options, each word quoted for a shell.
        public var command: String

        /// Creates the identity of a program; `buildID` is empty where it has none.
        public init(name: String, buildID: String, command: String) {
            self.name = name
            self.buildID = buildID
            self.command = command
        }
    }

    /// A task that the schedule speaks of.
    public struct Task: Sendable, Equatable {
        /// Its number, the hash of its path.
        public let number: UInt64
        /// Its path, as text.
        public let path: String
        /// Where it was submitted; `nil` if unknown.
        public let site: Site?
        /// Its name, if it has one.
        public let name: String?
        /// Whether it is no task but a thread outside the pools: its parts are how it goes on after each of its waits.
        public let isThread: Bool

        /// Creates a task, or, with `isThread`, a thread outside the pools.
        public init(number: UInt64, path: String, site: Site?, name: String?, isThread: Bool = false) {
            self.isThread = isThread
            self.number = number
            self.path = path
            self.site = site
            self.name = name
        }
    }

    /// One deviation from first in, first out.
    public struct Delay: Sendable, Hashable {
        /// What is not to run yet.
        public let delayed: TaskPart
        /// What has to have run before.
        public let until: TaskPart

        /// Creates a delay: `delayed` waits until `until` has run.
        public init(_ delayed: TaskPart, until: TaskPart) {
            self.delayed = delayed
            self.until = until
        }
    }

    /// The order.
    public enum Order: Sendable, Equatable {
        /// All steps.
        case steps([TaskPart])
        /// First in, first out, except for these.
        case delays([Delay])
    }

    /// What the parts of its tasks are, besides those of async tasks, which are from one suspension to the next.
    public enum Granularity: Int, Sendable, CaseIterable {
        /// Whole tasks: one that waits runs what it waits for itself, if nobody has started it.
        case tasks = 1
        /// From one decision point to the next, each task on a thread of its own, one at a time.
        case points
        /// From one wait for a task to the next, as a trace of a parallel run tells them.
        case waits
    }

    /// The program that it is of.
    public var program: Program
    /// How it was found, in words: `random, seed 7`; empty where nothing is known of it.
    public var origin: String
    /// The failure that it leads to, in words; empty without one.
    public var failure: String
    /// The tasks that the order speaks of.
    public var tasks: [Task]
    /// The order.
    public var order: Order
    /// What the parts of its tasks are.
    public var granularity = Granularity.tasks

    /// Creates a schedule whose `granularity` is `tasks`.
    public init(program: Program, origin: String = "", failure: String = "", tasks: [Task], order: Order) {
        self.program = program
        self.origin = origin
        self.failure = failure
        self.tasks = tasks
        self.order = order
    }

    /// The task of a number, if the schedule speaks of it.
    public func task(_ number: UInt64) -> Task? { tasks.first { $0.number == number } }

    /// How many steps or delays it has.
    public var count: Int {
        switch order {
        case .steps(let steps): steps.count
        case .delays(let delays): delays.count
        }
    }
}

// MARK: - From steps to delays

extension Schedule {
    /// One step of a serial run, as its trace tells it.
    public struct Step: Sendable, Equatable {
        /// What ran.
        public let part: TaskPart
        /// Its place in the order in which parts became ready.
        public let arrival: UInt64

        /// Creates a step that ran `part`.
        public init(part: TaskPart, arrival: UInt64) {
            self.part = part
            self.arrival = arrival
        }

        /// The arrival of what goes on with what has just run, after so many steps: without a delay it is the next.
        public static func front(after steps: UInt64) -> UInt64 { steps | 1 << 63 }

        /// A bit in the arrivals that the trace of a run has whose parts are those between waits.
        public static let betweenWaits: UInt64 = 1 << 62

        /// After how many steps it was put in front; nil if it came behind what was ready.
        fileprivate var frontSteps: UInt64? { arrival >> 63 == 1 ? arrival & ~(1 << 63) : nil }
    }

    /// Shorter lists of delays that may do the same: where one waits for a second, and that for a third, the first
    /// waits for the third.
    public static func shortcuts(of delays: [Delay]) -> [[Delay]] {
        delays.indices.flatMap { last in
            delays.indices.filter { $0 != last && delays[$0].delayed == delays[last].until }.map { middle in
                var shorter = delays
                shorter[last] = Delay(delays[last].delayed, until: delays[middle].until)
                shorter.remove(at: middle)
                return shorter
            }
        }
    }

    /// The delays that make first in, first out do the same steps.
    ///
    /// A part was delayed if any that became ready later ran before it; then it has to wait for the step just before
    /// its own. All parts that became ready earlier than one that was not delayed have run before it, or are delayed
    /// beyond it: so the order comes out the same.
    public static func delays(of steps: [Step]) -> [Delay] {
        var delays: [Delay] = []
        var latest: UInt64 = 0
        for (number, (previous, step)) in zip(steps, steps.dropFirst()).enumerated() {
            if previous.frontSteps == nil { latest = max(latest, previous.arrival) }
            let isDelayed = step.frontSteps.map { $0 != UInt64(number) + 1 } ?? (latest > step.arrival)
            if isDelayed { delays.append(Delay(step.part, until: previous.part)) }
        }
        return delays
    }
}
