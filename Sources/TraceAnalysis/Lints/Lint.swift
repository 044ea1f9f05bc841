/// Something in a run that is likely not meant so, with what to do about it.
public struct Lint: Sendable, Equatable {
    /// The kinds of lints, by the words that `--deny` takes.
    public enum Kind: String, Sendable, CaseIterable {
        /// Tasks waited in the queue while every worker waited for other tasks.
        case starvingQueue = "starving-queue"
        /// One worker was much busier than the others of its pool.
        case unevenWorkers = "uneven-workers"
        /// Tasks run for no longer than it takes to hand them to a worker.
        case tinyTasks = "tiny-tasks"
        /// A few tasks ran much longer than the others of their name, while nothing else was left to do.
        case stragglers
        /// A task submitted its children one by one, and waited for each before the next.
        case oneByOne = "one-by-one"
        /// Tasks failed, and the program asked for no result of theirs.
        case unretrievedFailures = "unretrieved-failures"
        /// Tasks started and did not end, or never started.
        case neverEnded = "never-ended"
        /// Events were not stored: what the trace shows is incomplete.
        case discardedEvents = "discarded-events"
        /// More tasks ran at a time than there are processors.
        case oversubscription
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
    public var remedy: String { kind.remedy }

    /// More tasks are not named: the sentence says how many there are.
    public static let mostTasks = 20

    init(_ kind: Kind, _ sentence: String, tasks: [UInt64] = [], workers: [UInt32] = []) {
        self.kind = kind
        self.sentence = sentence
        self.tasks = Array(tasks.prefix(Self.mostTasks))
        self.workers = workers
    }
}

// MARK: - What each kind means

extension Lint.Kind {
    /// What the kind means, and when it is found, in a sentence or two.
    public var explanation: String {
        switch self {
        case .starvingQueue:
            "Tasks waited in the queue while every task that ran waited for another: no worker could take them."
        case .unevenWorkers:
            "One worker was busy at least twice as long as the others of its pool on average, and the pool's work would have ended "
                + "noticeably earlier had it been spread evenly."
        case .tinyTasks:
            "At least a thousand tasks of a name, half of which run for less than a microsecond: handing one to a worker costs as much."
        case .stragglers:
            "A few tasks ran at least five times as long as half of the tasks of their name, and were what the run still waited for when "
                + "everything else in their pool had ended."
        case .oneByOne:
            "A task, or main, submitted children one after the other and waited for each before it submitted the next, so that no two ran "
                + "at the same time, although their pool has several workers."
        case .unretrievedFailures:
            "Tasks failed and nobody asked for their results: the process itself reported them at its end."
        case .neverEnded: "Tasks started and did not end, or were submitted and never started, before the trace ends."
        case .discardedEvents: "The recorder or LTTng could not store events: every number of the run may be too small."
        case .oversubscription:
            "More tasks ran at a time than the process has processors, for a good part of the run. That is right for tasks that "
                + "wait for files or the network, and wrong for tasks that compute."
        }
    }

    /// What to do about it, in a sentence.
    public var remedy: String {
        switch self {
        case .starvingQueue:
            "Let tasks not wait for others that are behind them in the queue: submit what they need first, give it a pool of its own, or use "
                + "async tasks; `pooltrace stacks PID` shows who waits for whom."
        case .unevenWorkers:
            "Make the tasks smaller, or submit the long ones first; `pooltrace critical-path` shows what the run waited for."
        case .tinyTasks:
            "Use `map`, which hands many elements over at once, or give each task more to do."
        case .stragglers: "Submit the long ones first, or split them; `pooltrace tasks --sort run` lists them."
        case .oneByOne:
            "Submit all of them first and then wait, or use `map`, unless each needs the result of the one before."
        case .unretrievedFailures:
            "Ask a future for its `value()` where the program can deal with a failure; `pooltrace failures` shows the reports."
        case .neverEnded:
            "Call `shutdown()` on the pool before the process ends; if it hung, `pooltrace stacks PID` shows where."
        case .discardedEvents:
            "Record into bigger buffers: POOLTRACE_LIMIT for the ring, `pooltrace record --help` for LTTng."
        case .oversubscription:
            "If the tasks compute rather than wait, give the pools together no more workers than there are processors (--workers)."
        }
    }
}
