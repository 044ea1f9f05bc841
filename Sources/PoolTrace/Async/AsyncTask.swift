import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// An async task of a pool, from its submission to its end: one task of Swift's, which the pool runs in segments, from one `await` that
/// suspends it to the next.
///
/// Its segments run one after the other, each handed on through the queue, so what has no lock belongs to the segment that runs. Once a
/// segment has suspended the task another worker may be in the next one: what is left to do afterwards touches the worker's own things
/// alone, and the stamps of a suspend and of the next resume may be in any order.
///
/// The pool knows a segment's task by Swift's number for it (`AsyncIdentity`). A task that we made has its body wrapped, which tells its
/// start, its end and its failure; of others the start and the end are seen from outside, and they are called "async".
final class AsyncTask: @unchecked Sendable {
    let job: Job
    /// The future that ends with it; it keeps this, so that is no reference.
    let awaitable: Unmanaged<Awaitable>?
    /// Whether `run` wraps its body.
    let isOurs: Bool
    /// How often it was queued: the last to have been knows that no later segment has ended it.
    let queued = Atomic<Int>(0)
    /// When its body started; 0 before.
    private(set) var start: UInt64 = 0
    /// What its submit brought along, if it is ours; written before it is shown.
    private let submission: Submission?
    /// What its body works on, if it is ours.
    let input: (@Sendable (Settings.Input) -> String?)?
    /// Swift's number for it.
    private var id: UInt64 = 0
    /// Where it was first seen, if it is not ours; written before it is shown.
    private var pool: UInt32 = 0
    private var node: TaskNode?
    private var children = Children()
    private let cancellation = Guarded(Cancellation())

    private struct Cancellation: @unchecked Sendable {
        var isAsked = false
        /// While the body runs or is suspended.
        var task: UnsafeCurrentTask?
    }

    private static let name: TaskName = "async"

    /// One that we make, for `run` to wrap its body.
    ///
    /// - Parameters:
    ///   - job: Owns no reference to the parent; this takes one.
    ///   - input: What its body works on.
    init(
        job: Job, of core: PoolCore, awaitable: Unmanaged<Awaitable>? = nil,
        input: @escaping @Sendable (Settings.Input) -> String?
    ) {
        TaskNode.retain(bits: job.parent)
        self.job = job
        self.awaitable = awaitable
        self.input = input
        isOurs = true
        submission = core.hooks?.submit(name: job.name)
    }

    /// Somebody else's.
    ///
    /// - Parameter job: Owns no reference to the parent; this takes one.
    private init(visiting job: Job) {
        TaskNode.retain(bits: job.parent)
        self.job = job
        (awaitable, input, isOurs, submission) = (nil, nil, false, nil)
    }

    deinit { job.releaseParent() }

    /// Counts one more child.
    ///
    /// Called by the segment that runs.
    func nextChild() -> Submitter {
        if !children.hasParent {
            let made = TaskNode(job: job)
            node = made
            children = Children(of: made)
        }
        return children.next()
    }

    // MARK: By number

    private final class Stripe: Sendable {
        let tasks = Guarded<[UInt64: AsyncTask]>([:])
    }

    private static let stripes = (0..<64).map { _ in Stripe() }

    private static func stripe(_ id: UInt64) -> Stripe { stripes[Int(id & 63)] }

    /// The task that a job goes on with, which is a new one if this is the first that is seen of it; `nil` if the job is something else.
    static func of(_ job: UnsafeMutableRawPointer, in core: PoolCore) -> AsyncTask? {
        let id = pooltrace_async_id(job)
        guard id != 0 else { return nil }
        if let made = pooltrace_thread().pointee.async_task {
            pooltrace_thread().pointee.async_task = nil
            let task = Unmanaged<AsyncTask>.fromOpaque(made).takeUnretainedValue()
            task.id = id
            stripe(id).tasks.withLock { $0[id] = task }
            return task
        }
        if let known = stripe(id).tasks.withLock({ $0[id] }) { return known }
        // Nobody else sees it for the first time: a task is queued once at a time.
        let described = core.makeJob(kind: .segment, name: Self.name.id, site: 0)
        let task = AsyncTask(visiting: described)
        described.releaseParent()
        task.pool = core.number
        core.asyncTasks.hasVisitors.store(true, ordering: .relaxed)
        task.id = id
        stripe(id).tasks.withLock { $0[id] = task }
        return task
    }

    /// Calls `start`, which hands a new task of Swift's to the pool: this one.
    func handOver<Result>(_ start: () -> Result) -> Result {
        guard AsyncIdentity.current.knowsTasks else { return start() }
        let thread = pooltrace_thread()!
        thread.pointee.async_task = Unmanaged.passUnretained(self).toOpaque()
        // Started on another pool, or not at all: then its segments are not known.
        defer { thread.pointee.async_task = nil }
        return start()
    }

    /// No more segments come.
    func forget() {
        guard id != 0 else { return }
        let id = id
        stripe(id).tasks.withLock { _ = $0.removeValue(forKey: id) }
    }

    /// The pool is gone, and with it the segments of tasks that preferred it: for the pool they have ended.
    static func forgetVisitors(of core: PoolCore) {
        guard core.asyncTasks.hasVisitors.load(ordering: .relaxed) else { return }
        for stripe in stripes {
            let gone = stripe.tasks.withLock { tasks in
                let gone = tasks.filter { $0.value.pool == core.number }
                for id in gone.keys { tasks[id] = nil }
                return gone
            }
            for task in gone.values where pooltrace_is_recording() {
                pooltrace_record_task_end(pooltrace_clock_now(), task.job.task, UInt8(POOLTRACE_SUCCEEDED.rawValue))
            }
        }
    }

    private func stripe(_ id: UInt64) -> Stripe { Self.stripe(id) }

    // MARK: The body

    /// Notes that the body starts now.
    func begin(at stamp: UInt64, on worker: Worker?) {
        start = stamp
        if let worker, pooltrace_is_recording() { pooltrace_record_task_start(stamp, job.task, worker.id) }
    }

    /// Runs the body of a task that we made between its start and its end, and explains a failure.
    ///
    /// - Parameters:
    ///   - isWanted: Looked at first; if it is false the task ends as cancelled.
    func run(in core: PoolCore, unless isUnwanted: Bool, _ body: () async throws -> Void) async -> Ending {
        guard !isUnwanted else {
            PoolCore.recordCancelled(job.task, by: 0)
            drop()
            return .cancelled(index: job.index)
        }
        begin(at: pooltrace_clock_now(), on: TaskContext.current?.pointee.worker)
        submission?.begin(submitted: job.submitted, start: start)
        withUnsafeCurrentTask { task in
            cancellation.withLock { $0.task = task }
            if cancellation.withLock({ $0.isAsked }) { task?.cancel() }
        }
        defer { cancellation.withLock { $0.task = nil } }
        do {
            if let submission { try await submission.restore(around: body) } else { try await body() }
            end(.succeeded, at: pooltrace_clock_now())
            return .succeeded
        } catch {
            let now = pooltrace_clock_now()
            let isAsked = Task.isCancelled || core.isCancelling.load(ordering: .relaxed)
            if error is CancellationError, isAsked {
                end(.cancelled, at: now)
                return .cancelled(index: job.index)
            }
            end(.failed, at: now)
            let worker = TaskContext.current?.pointee.worker ?? core.worker(at: 0)
            return .failed(
                core.explain(error, of: job, started: start, at: now, on: worker) { self.input?($0) },
                index: job.index)
        }
    }

    private func end(_ outcome: Outcome, at stamp: UInt64) {
        if pooltrace_is_recording() { pooltrace_record_task_end(stamp, job.task, outcome.rawValue) }
        submission?.end(outcome, start: start, end: stamp)
        leave()
        Scheduling.didRun(job.task)
    }

    /// Its body will not run.
    func drop() {
        submission?.drop(1, .cancelled)
        leave()
    }

    /// Its last segment runs now, and nothing more is told of it.
    func leave() {
        forget()
        TaskContext.current?.endSegment(of: self)
    }

    /// Cancels the task of Swift's, as `Task.cancel` does.
    ///
    /// Handlers of cancellation run inside the lock, which alone keeps the task from ending meanwhile: they are not to wait for it.
    func cancel() {
        cancellation.withLock { state in
            state.isAsked = true
            state.task?.cancel()
        }
    }
}
