/// A likely performance problem or mistake in a run, with what to do about it.
public struct Lint: Sendable, Equatable {
    /// The kinds of lints, by the words that `--deny` takes.
    public enum Kind: String, Sendable, CaseIterable {
        /// Tasks waited in the queue while every worker waited for other tasks.
        case starvingQueue = "starving-queue"
        /// One worker was much busier than the others of its pool.
        case unevenWorkers = "uneven-workers"
        /// Tasks run for no longer than it takes to hand them to a worker.
        case tinyTasks = "tiny-tasks"
        /// A few tasks ran much longer than the others of their name, while nothing else ran.
        case stragglers
        /// A task submitted its children one by one, and waited for each before the next.
        case oneByOne = "one-by-one"
        /// Tasks failed, and the program did not handle the errors.
        case unretrievedFailures = "unretrieved-failures"
        /// Tasks accessed the same memory, and nothing orders the accesses.
        case dataRaces = "data-races"
        /// Tasks started and did not end, or never started.
        case neverEnded = "never-ended"
        /// Events were not stored: what the trace shows is incomplete.
        case discardedEvents = "discarded-events"
        /// Tasks were ready, but there were more of them than processors.
        case oversubscription
        /// Tasks were ready, and something else than the pools' workers had the processors.
        case busyProcessors = "busy-processors"
        /// Tasks waited in the queue while those that ran were blocked.
        case blockedWorkers = "blocked-workers"
    }

    /// The kind.
    public let kind: Kind
    /// What was found, with names as the trace has them: escape it before it is printed.
    public let sentence: String
    /// The tasks concerned, by their numbers: the first of them.
    public let tasks: [UInt64]
    /// The workers concerned, by their numbers in the process.
    public let workers: [UInt32]

    /// What to do about it.
    public let remedy: String

    /// More tasks are not named: the sentence says how many there are.
    public static let maximumTasks = 20

    /// - Parameter remedy: Where it is not the usual one of its kind.
    init(
        _ kind: Kind, _ sentence: String, tasks: [UInt64] = [], workers: [UInt32] = [], remedy: String? = nil
    ) {
        self.kind = kind
        self.sentence = sentence
        self.remedy = remedy ?? kind.remedy
        self.tasks = Array(tasks.prefix(Self.maximumTasks))
        self.workers = workers
    }
}

// MARK: - What each kind means

extension Lint.Kind {
    /// What the kind means, and when it is found, in a sentence or two.
    public var explanation: String {
        switch self {
        case .starvingQueue:
            "Tasks waited in the queue while every running task waited for another, so no worker could take them."
        case .unevenWorkers:
            "One worker was busy at least twice as long as the average of the others in its pool. The pool's work would have ended "
                + "noticeably earlier if it had been spread evenly."
        case .tinyTasks:
            "At least a thousand tasks have the same name, and half of them run for less than a microsecond, the cost of handing a task to a worker."
        case .stragglers:
            "A few tasks ran at least five times as long as the median of their name, and for much of that time nothing else ran in "
                + "their pool."
        case .oneByOne:
            "A task, or main, waited for each child before it submitted the next, so no two ran "
                + "at the same time although their pool has several workers."
        case .unretrievedFailures:
            "Tasks failed, and the program did not handle the errors: it never asked for the result, or there is none to ask for, as with "
                + "`execute`. PoolTrace reported the failures when the pool was shut down or the process ended."
        case .dataRaces:
            "Two tasks accessed the same memory, at least one of them wrote, and nothing orders the two: in a parallel run they can "
                + "happen at the same time. ThreadSanitizer found them, in a run with `--races`."
        case .neverEnded:
            "Tasks started and did not end, or were submitted and never started, before the end of the trace."
        case .discardedEvents:
            "The recorder or LTTng could not store some events, so every count of the run may be too small."
        case .oversubscription:
            "For a quarter of their run time or more, tasks were ready to run but had no processor, and the pools have more workers than "
                + "the process has processors. Where that was not measured (older traces, POOLTRACE_TIME=off): for half of the run or "
                + "more, more than twice as many tasks ran at the same time as there are processors."
        case .busyProcessors:
            "For a quarter of their run time or more, tasks were ready to run but had no processor, although the pools have no more workers "
                + "than the process has processors."
        case .blockedWorkers:
            "For half of their run time or more, the tasks of a pool were blocked, on a lock, a file or the network but not on other tasks, "
                + "while more tasks waited in the pool's queue."
        }
    }

    /// What to do about it where the tasks are async, if that differs.
    var asyncRemedy: String? {
        switch self {
        case .neverEnded:
            "`await` the tasks, or cancel them, before the program ends. `pooltrace tasks --state not-ended --columns path,site` lists them."
        case .stragglers:
            "Start the long tasks first, or split them. `pooltrace tasks --sort run` lists them."
        default: nil
        }
    }

    /// What to do about it, in a sentence.
    public var remedy: String {
        switch self {
        case .starvingQueue:
            "Do not let tasks wait for tasks behind them in the queue: submit the awaited tasks first, give them their own pool, or use "
                + "async tasks. `pooltrace stacks PID` shows which task waits for which."
        case .unevenWorkers:
            "Make the tasks smaller, or submit the long ones first. `pooltrace critical-path` shows what bounds the run time."
        case .tinyTasks:
            "Use `map`, which hands over many elements at once, or give each task more work."
        case .stragglers: "Submit the long tasks first, or split them. `pooltrace tasks --sort run` lists them."
        case .oneByOne:
            "Submit all children first and then wait, or use `map`, unless each needs the result of the one before."
        case .unretrievedFailures:
            "Call the future's `value()`, or catch errors inside a task of `execute`, which has no future. `pooltrace failures` shows the reports."
        case .dataRaces:
            "Protect the memory by one lock or an actor, or have one task wait for the other. `pooltrace failures` shows both accesses."
        case .neverEnded:
            "Call `shutdown()` on the pool before the process ends. If it hung, `pooltrace stacks PID` shows where."
        case .discardedEvents:
            "Use larger buffers: POOLTRACE_LIMIT for the ring, `pooltrace record --help` for LTTng."
        case .oversubscription:
            "If the tasks compute rather than wait, use at most as many workers in all pools as there are processors (--workers)."
        case .busyProcessors:
            "Look for other programs on the machine, threads of the program outside its pools, and limits of the container (`top -H -p PID`)."
        case .blockedWorkers:
            "Give the pool more workers (--workers), use async tasks for what waits, or hold locks for shorter. `pooltrace tasks --sort blocked` "
                + "lists the tasks."
        }
    }
}
