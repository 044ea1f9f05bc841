public import PoolModel

/// One event of a traced program, as a value: what the analyses are made from, so that tests build traces by hand.
///
/// The meaning of each is in the table of events. The large and rare ones are boxed, so that the frequent ones stay
/// small.
public enum PoolEvent: Sendable, Equatable {
    /// The process started, or a session began to listen to it.
    indirect case processStart(ProcessStart)
    /// The process ended by itself.
    case processEnd(status: Int32)
    /// A program or library was loaded.
    indirect case module(Module)
    /// What a site's number means.
    case site(number: UInt32, Site)
    /// What a site's number means, by the return addresses of calls, innermost first.
    case callSite(number: UInt32, callers: [UInt64])
    /// What a task name's number means.
    case name(number: UInt32, text: String)
    /// The root of a tree of tasks.
    case root(task: UInt64, path: String)
    /// A pool was made.
    indirect case poolStart(PoolStart)
    /// A pool was shut down.
    case poolEnd(pool: UInt32)
    /// A worker started.
    case workerStart(WorkerStart)
    /// A worker ended.
    case workerEnd(worker: UInt32)
    /// A worker with nothing to do went to sleep.
    case workerPark(worker: UInt32)
    /// A worker was woken.
    case workerUnpark(worker: UInt32)
    /// What the number of an origin of tasks means.
    indirect case origin(Origin)
    /// A task was submitted.
    case taskSubmit(TaskSubmit)
    /// A task started.
    case taskStart(task: UInt64, worker: UInt32)
    /// An async task left its worker.
    case taskSuspend(task: UInt64, worker: UInt32)
    /// An async task came back to a worker.
    case taskResume(task: UInt64, worker: UInt32)
    /// A task ended; `outcome` is the number of an `Outcome`.
    case taskEnd(task: UInt64, outcome: UInt8)
    /// A task threw.
    case taskThrow(task: UInt64)
    /// A task failed; needs no other event of the task.
    indirect case taskError(TaskError)
    /// A task failed, as its worker left it, before anybody has described that.
    indirect case taskFailed(TaskFailed)
    /// `same` others have failed in the same way as the failure `number`, not all of which are described.
    case failureCount(number: UInt64, same: UInt64)
    /// The task of the failure `number`, which comes next, has made an access that races with another one's.
    indirect case race(FoundRace)
    /// What an address in a failure's frames means.
    indirect case frame(FrameDefinition)
    /// The process printed a report for the failure `number`, when `same` others had failed the same way.
    case report(number: UInt64, same: UInt64)
    /// The stack of a thread that ran a task.
    indirect case stackSample(StackSample)
    /// How stacks are sampled, and what was lost so far.
    case sampling(Sampling)
    /// A task was cancelled by another.
    case taskCancel(task: UInt64, by: UInt64)
    /// What a task worked on that was among the slowest of its name.
    case taskInput(task: UInt64, text: String)
    /// Where the time of a worker went that ends with this event: `elapsed` nanoseconds, the rest of which it was
    /// blocked.
    case workerTime(worker: UInt32, elapsed: UInt64, onCPU: UInt64, ready: UInt64)
    /// A task says that something has happened.
    case taskMark(task: UInt64, name: UInt32)
    /// A task says what the value of something is.
    case taskValue(task: UInt64, name: UInt32, value: Double)
    /// A task says that it begins something.
    case spanStart(task: UInt64, name: UInt32)
    /// A task says that it has done what it began.
    case spanEnd(task: UInt64, name: UInt32)
    /// A task began to wait for another.
    case waitStart(task: UInt64, awaited: UInt64)
    /// A task stopped to wait for another.
    case waitEnd(task: UInt64, awaited: UInt64)
    /// The serial scheduler chose a task out of `ready`, the one that had become ready as the `arrival`th.
    case step(task: UInt64, ready: UInt32, arrival: UInt64, segment: UInt32)
    /// A replay left its schedule, at `place`, counted from 1.
    case divergence(place: UInt64, expected: UInt64, chosen: UInt64, ready: UInt32)
    /// An annotation.
    case mark(task: UInt64, kind: MarkKind = .user, text: String)

    /// The index of a task that is no element of a map.
    public static let noIndex = UInt64.max
}
