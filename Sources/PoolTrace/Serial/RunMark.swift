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
    /// A task of a serial run waits for a lock of somebody else's, and others go on.
    case blocksOutside
    /// Nobody took the baton for so long.
    case takeover(after: Duration)
    /// A task is suspended, and nobody is left to resume it.
    case lost
    /// A task blocks, and the baton was taken from it.
    case spilled
    /// A task runs for longer than its pool's limit.
    case stalled(limit: Duration)

    var kind: MarkKind {
        switch self {
        case .twoThreadsSubmit, .threadsRunBesideTasks, .threadWaitsForTasks, .blocksOutside: .uncontrolled
        case .takeover: .takeover
        case .lost: .lost
        case .spilled: .spilled
        case .stalled: .stalled
        }
    }

    var text: String {
        switch self {
        case .twoThreadsSubmit: Sentences.twoThreadsSubmit
        case .threadsRunBesideTasks: Sentences.threadsRunBesideTasks
        case .threadWaitsForTasks: Sentences.threadWaitsForTasks
        case .blocksOutside: Sentences.blocksOutside
        case .takeover(let delay): Sentences.takeover(after: delay)
        case .lost: Sentences.lost
        case .spilled: Sentences.spilled
        case .stalled(let limit): Sentences.stalled(limit: limit)
        }
    }

    /// Writes it down, of a task or of the whole run (0).
    func record(task: UInt64 = 0, at stamp: UInt64 = pooltrace_clock_now()) {
        guard pooltrace_is_recording() else { return }
        pooltrace_record_mark(stamp, task, text, kind.rawValue)
    }
}
