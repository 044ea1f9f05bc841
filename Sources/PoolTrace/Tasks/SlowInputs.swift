import CPoolRecorder
import PoolModel
import PoolRecorder

/// Records the inputs of the slowest tasks of each name: of a straggler its input is what one wants to know.
///
/// An input is described when its task has ended and has turned out slow, on its worker, since nobody else may look at
/// it. In serial mode nothing is: which task is slow differs from run to run, and a description may be a decision
/// point.
enum SlowInputs {
    /// How many of a name have their inputs recorded: those that were the slowest when they ended.
    private static let kept = 10
    /// More names have none, so that a table that nobody asked for stays small.
    private static let maximumNames = 1000

    /// Tasks by their names, those without one by their sites.
    private struct Group: Hashable {
        let name: UInt32
        let site: UInt32
    }

    /// The run times of the slowest, in ticks, longest first.
    private static let slowest = Guarded<[Group: [UInt64]]>([:])

    /// A task has ended: one comparison, unless it took long.
    @inline(__always)
    static func note(
        _ job: Job, from start: UInt64, to end: UInt64, _ policy: Settings.Input,
        input: (Settings.Input) -> String?
    ) {
        guard pooltrace_may_be_slow(start, end) else { return }
        record(job, ticks: end &- start, at: end, policy, input)
    }

    /// The same of the task that runs on this thread, and has nothing left to do.
    static func noteCurrentTask(input: (Settings.Input) -> String?) {
        guard let context = TaskContext.current, let core = context.pointee.core else { return }
        note(
            context.pointee.job, from: context.pointee.start, to: pooltrace_clock_now(),
            core._withUnsafeGuaranteedRef { $0.configuration.inputs }, input: input)
    }

    @inline(never)
    private static func record(
        _ job: Job, ticks: UInt64, at stamp: UInt64, _ policy: Settings.Input, _ input: (Settings.Input) -> String?
    ) {
        guard policy != .none, pooltrace_is_recording(), isSlow(job, ticks), let text = input(policy) else { return }
        pooltrace_record_task_input(stamp, job.task, text)
    }

    private static func isSlow(_ job: Job, _ ticks: UInt64) -> Bool {
        let group = Group(name: job.name, site: job.name == 0 ? job.site : 0)
        return slowest.withLock { slowest in
            if slowest[group] == nil, slowest.count >= maximumNames { return false }
            var times = slowest[group] ?? []
            if times.count == kept, let last = times.last, last >= ticks { return false }
            times.insert(ticks, at: times.firstIndex { $0 < ticks } ?? times.count)
            slowest[group] = Array(times.prefix(kept))
            return true
        }
    }
}
