import CPoolRecorder
import PoolModel

/// What a run notes in its own trace.
enum RunMark {
    /// A second thread submits to pools of a serial run.
    case twoThreadsSubmit
    /// A serial run has a `TracedThread`.
    case threadsRunBesideTasks
    /// A thread outside the pools of a serial run waits for what its tasks do.
    case threadWaitsForTasks
    /// A thread that is not PoolTrace's has ended a wait of a task's.
    case wokenFromOutside
    /// No thread took the baton for this long while tasks were ready, so that a background thread did.
    case takeover(after: Duration)
    /// A task is suspended, and nobody is left to resume it.
    case lost
    /// A task waits, and nothing is left that could end that.
    case deadlock
    /// A task blocks on something outside, and others go on.
    case spilled
    /// A task has used this much processor time without a point; how many tasks were ready, and some of them.
    case spinning(for: Duration, ready: [String], of: Int)
    /// A task has been blocked for long in this; how many tasks were ready, and some of them.
    case blocked(in: String, ready: [String], of: Int)
    /// The tasks took so many threads, one at a time; which was the first that ran beside another.
    case threads(Int, first: String?)
    /// Sleeps and timeouts took as long as they say, since the program has threads that nobody controls.
    case realTime
    /// A task runs for longer than its pool's limit.
    case stalled(limit: Duration)
    /// A task has made an access that races with one of the task with this path.
    case race(with: String)
    /// A bound was passed, in these words, and the ring was kept.
    case snapshot(reason: String)

    var kind: MarkKind {
        switch self {
        case .twoThreadsSubmit, .threadsRunBesideTasks, .threadWaitsForTasks, .wokenFromOutside: .uncontrolled
        case .takeover: .takeover
        case .lost: .lost
        case .deadlock: .deadlock
        case .spilled: .spilled
        case .spinning: .spinning
        case .blocked: .blocked
        case .threads: .threads
        case .realTime: .realTime
        case .stalled: .stalled
        case .race: .race
        case .snapshot: .snapshot
        }
    }

    var text: String {
        switch self {
        case .twoThreadsSubmit: Sentences.twoThreadsSubmit
        case .threadsRunBesideTasks: Sentences.threadsRunBesideTasks
        case .threadWaitsForTasks: Sentences.threadWaitsForTasks
        case .wokenFromOutside: Sentences.wokenFromOutside
        case .takeover(let delay): Sentences.takeover(after: delay)
        case .lost: Sentences.lost
        case .deadlock: Sentences.deadlocked
        case .spilled: Sentences.spilled
        case .spinning(let time, let ready, let count):
            Sentences.spins(for: UInt64(clamping: time.nanoseconds), ready: ready, of: count)
        case .blocked(let wait, let ready, let count): Sentences.waits(in: wait, ready: ready, of: count)
        case .realTime: Sentences.realTime
        case .threads(let count, let first): Sentences.threads(count, first: first)
        case .stalled(let limit): Sentences.stalled(limit: limit)
        case .race(let path): Sentences.race(with: path)
        case .snapshot(let reason): Sentences.said("snapshot: \(reason)")
        }
    }

    /// Writes it down, of a task or of the whole run (0).
    func record(task: UInt64 = 0, at stamp: UInt64 = pooltrace_clock_now()) {
        guard pooltrace_is_recording() else { return }
        pooltrace_record_mark(stamp, task, text, kind.rawValue)
    }
}
