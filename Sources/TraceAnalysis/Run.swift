internal import CommandSystem
public import PoolModel
internal import PoolSchedule

/// One process's run, as its trace tells it.
///
/// All times are nanoseconds on the trace's clock.
public struct Run: Sendable {
    /// A pool of the run.
    public struct Pool: Sendable, Equatable {
        /// Its number in the process.
        public let number: UInt32
        /// Its name.
        public let name: String
        /// How many workers it was made with.
        public let workers: UInt32
    }

    /// A worker of the run.
    public struct Worker: Sendable, Equatable {
        /// Its number in the process.
        public let id: UInt32
        /// The number of its pool; 0 where the trace does not define the worker.
        public let pool: UInt32
        /// Its number in the pool, from 1.
        public let number: UInt32
        /// The ID of its thread or process; 0 where it is unknown.
        public let thread: UInt32
    }

    /// A step of a serial run.
    public struct Step: Sendable, Equatable {
        /// The number of the task that ran.
        public let task: UInt64
        /// Its place in the order in which tasks became ready; 0 where the trace does not have it.
        public let arrival: UInt64
        /// Which part of the task it was, from 0; `nil` where the trace does not have it.
        public let segment: UInt32?
        /// Where a thread outside the pools went on after a wait: how many waits it had ended before.
        ///
        /// `nil` for a task.
        public let wait: UInt32?
    }

    /// A place where a replay left its schedule.
    public struct Divergence: Sendable, Equatable {
        /// The place in the schedule, from 1.
        public let place: UInt64
        /// The number of the task that the schedule has there.
        public let expected: UInt64
        /// The number of the task that ran.
        public let chosen: UInt64
        /// How many tasks were ready.
        public let ready: UInt32
    }

    /// Something noteworthy that happened.
    public struct Mark: Sendable, Equatable {
        /// When it was made.
        public let time: UInt64
        /// The number of the task that made it.
        public let task: UInt64
        /// What it is about.
        public let kind: MarkKind
        /// Its text, for people.
        public let text: String
        /// Whether it is among what tasks said, as well.
        public var isSaid = false
    }

    /// The trace that it was read from, as the user named it.
    public var trace = ""
    /// Where in `trace` the directory is that the process recorded into; empty for `trace` itself.
    var subfolder = ""
    /// For how long events were kept at most, in nanoseconds; nil: for as long as there was room.
    public internal(set) var keep: UInt64?
    /// What the process said of itself; `nil` if the trace does not hold it.
    public internal(set) var process: PoolEvent.ProcessStart?
    /// The process ID as the trace's context tells it, where `process` does not.
    public internal(set) var contextPID: UInt64?
    /// When the run started, or the first event that is left of it.
    public internal(set) var start: UInt64 = 0
    /// When the run ended, or its last event.
    public internal(set) var end: UInt64 = 0
    /// The exit status; `nil` where the process did not end by itself.
    public internal(set) var status: Int32?
    /// The pools, by number.
    public internal(set) var pools: [Pool] = [] {
        didSet { poolPlaces = Self.places(of: pools.map(\.number)) }
    }
    /// The workers: by pool, then by number.
    public internal(set) var workers: [Worker] = [] {
        didSet { workerPlaces = Self.places(of: workers.map(\.id)) }
    }
    /// The tasks, maps among them.
    public internal(set) var tasks = TaskTable()
    /// Positions of the tasks that started, in the order of their starts.
    public internal(set) var startOrder: ContiguousArray<UInt32> = []
    /// The segments of async tasks that were suspended, by the tasks' numbers.
    public internal(set) var suspensions: [UInt64: Suspensions] = [:]
    /// When the report of a failed task was made, by the tasks' numbers: until then its worker took no other task.
    public internal(set) var explanations: [UInt64: UInt64] = [:]
    /// What tasks waited for, in the order in which they began to.
    public internal(set) var waits = ChunkedArray<Wait>()
    /// Where the time of workers went, as far as they recorded it.
    var stretches = ContiguousArray<Stretch>()
    /// The part that each task, by its position, had of those.
    var shares: ContiguousArray<TimeShare> = []
    /// How long each task, by its position, waited for others; empty where none did.
    var waited: ContiguousArray<UInt64> = []
    /// What tasks worked on, by their numbers: those that were slow.
    var inputs: [UInt64: String] = [:]
    /// The failures, by number.
    public internal(set) var failures: [Failure] = []
    /// The tasks of `failures`, in the same order.
    public internal(set) var failureTasks: [UInt64] = []
    /// The reports that the process printed, in that order.
    public internal(set) var printed: [Printed] = []
    /// The run's own marks, and those of its tasks, in time order.
    public internal(set) var marks: [Mark] = []
    /// What tasks said of themselves, by task.
    public internal(set) var annotations: [Annotation] = []
    /// The steps that the serial scheduler took, in that order.
    public internal(set) var steps: ContiguousArray<Step> = []
    /// When each of them was taken.
    var stepTimes: ContiguousArray<UInt64> = []
    /// Where a replay left its schedule.
    public internal(set) var divergences: [Divergence] = []
    /// How stacks were sampled; `nil` where they were not.
    public internal(set) var sampling: PoolEvent.Sampling?
    /// The samples of stacks, in time order.
    public internal(set) var samples = StackSamples()
    /// What the program was made of, as it was loaded.
    var modules: [PoolEvent.Module] = []
    /// What became of the events.
    public internal(set) var loss = Loss()
    /// From when on the trace is whole: earlier events may have been overwritten.
    public internal(set) var wholeSince: UInt64 = 0
    private var poolPlaces: [UInt32: Int] = [:]
    private var workerPlaces: [UInt32: Int] = [:]
    /// Workers by the kernel's numbers of their processes, all that there were; of threads as well.
    var workerProcesses: [UInt32: UInt32] = [:]
    var sites: [UInt32: Site] = [:]
    var names: [UInt32: String] = [:]
    /// Paths that the trace tells as text: of roots, and of tasks that failed.
    var knownPaths: [UInt64: String] = [:]

    /// The run of a process that has not ended, at a time: what goes on in it has gone on until then.
    public func goingOn(at time: UInt64) -> Run {
        guard status == nil else { return self }
        var run = self
        run.end = max(end, time)
        for (number, suspensions) in suspensions where suspensions.goesOn {
            run.suspensions[number]?.goOn(until: run.end)
        }
        run.extendAnnotations()
        return run
    }

    /// From start to end, in nanoseconds.
    public var duration: UInt64 { end > start ? end - start : 0 }
    /// The process ID, if the trace has it.
    public var pid: UInt64? { process.map { UInt64($0.pid) } ?? contextPID }
    /// What a report says about the run.
    public var reportRun: FailureReport.Run {
        let path = subfolder.isEmpty ? trace : "\(trace)/\(subfolder)"
        // As the process itself names it, however it was reached.
        let folder = SystemFile.canonicalPath(path) ?? trace
        guard let process else { return FailureReport.Run(command: "", trace: folder) }
        let order: FailureReport.Run.Order =
            process.isSerial
            ? StrategyName(process.strategy).map { .init($0, seed: process.seed) } ?? .replayed(schedule: nil)
            : .parallel
        return FailureReport.Run(
            command: process.arguments, trace: folder, order: order,
            workers: process.workers == 0 ? nil : process.workers, isOfOneTask: !process.only.isEmpty)
    }
    /// Whether the trace says anything of pools.
    public var isEmpty: Bool {
        process == nil && pools.isEmpty && tasks.entries.isEmpty && failures.isEmpty && marks.isEmpty
    }
}

// MARK: - What numbers mean

extension Run {
    /// A task's name, if it has one.
    public func name(of task: TaskEntry) -> String? { name(task.name) }
    /// Where a task was submitted, if the trace tells it.
    public func site(of task: TaskEntry) -> Site? { sites[task.site] }
    /// Whether its tasks have more names than one.
    public var hasSeveralNames: Bool {
        guard names.count > 1 else { return false }
        var first: UInt32 = 0
        for task in tasks.entries where task.name != 0 && task.name != first {
            if first != 0 { return true }
            first = task.name
        }
        return false
    }
    /// What a task worked on, by its number: known of tasks that were among the slowest of their name.
    public func input(ofTask number: UInt64) -> String? { inputs[number] }
    /// The text of a name's number, if the trace defines it.
    public func name(_ number: UInt32) -> String? { names[number] }
    /// The site of a number, if the trace defines it.
    public func site(_ number: UInt32) -> Site? { sites[number] }
    /// The pool of a number, if the trace defines it.
    public func pool(_ number: UInt32) -> Pool? { poolPlaces[number].map { pools[$0] } }
    /// The worker of a number in the process.
    public func worker(_ id: UInt32) -> Worker? { workerPlaces[id].map { workers[$0] } }

    private static func places(of numbers: [UInt32]) -> [UInt32: Int] {
        Dictionary(zip(numbers, numbers.indices), uniquingKeysWith: { first, _ in first })
    }

    /// How far a task came.
    public func state(of task: TaskEntry) -> TaskEntry.State {
        if task.ended != nil {
            switch Outcome(rawValue: task.outcome) {
            case .succeeded: return .succeeded
            case .cancelled: return .cancelled
            // A number that no outcome has comes from a damaged trace: nobody may take it for a success.
            case .failed, nil: return .failed
            }
        }
        if task.started != nil { return .notEnded }
        guard let submitted = task.submitted, submitted < wholeSince else { return .notStarted }
        return .overwritten
    }

    /// Whether a task was on a worker as the run ended: it had started, and neither ended nor was suspended.
    public func isRunning(_ task: TaskEntry) -> Bool {
        state(of: task) == .notEnded && suspensions[task.number]?.goesOn ?? true
    }

    /// How many tasks came how far; maps are counted through their elements.
    public func counts(where isCounted: (TaskEntry) -> Bool = { _ in true }) -> [TaskEntry.State: Int] {
        var counts = [Int](repeating: 0, count: TaskEntry.State.allCases.count)
        for task in tasks.entries where task.isShown && isCounted(task) {
            counts[state(of: task).position] += 1
        }
        return Dictionary(uniqueKeysWithValues: zip(TaskEntry.State.allCases, counts).filter { $0.1 > 0 })
    }
}

extension TaskEntry.State {
    /// Its place among all cases.
    var position: Int {
        switch self {
        case .succeeded: 0
        case .failed: 1
        case .cancelled: 2
        case .notEnded: 3
        case .notStarted: 4
        case .overwritten: 5
        }
    }
}
