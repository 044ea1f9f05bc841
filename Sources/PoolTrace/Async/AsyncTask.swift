import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// An async task of a pool, from its submission to its end: one task of Swift's, which the pool runs in segments, from
/// one `await` that suspends it to the next.
///
/// Its segments run one after the other, each handed on through the queue, so what has no lock belongs to the segment
/// that runs. Once a segment has suspended the task another worker may be in the next one: what is left to do
/// afterwards touches the worker's own things alone, and the stamps of a suspend and of the next resume may be in any
/// order.
///
/// The pool knows a segment's task by Swift's number for it (`AsyncIdentity`). A task that we made has its body
/// wrapped, which tells its start, its end and its failure; of others the start and the end are seen from outside, and
/// they are called "async".
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
    private let hooks: TaskHooks?
    /// What its body works on, if it is ours.
    let input: TaskInput?
    /// Swift's number for it.
    private var id: UInt64 = 0
    /// Swift's task, retained, while it is suspended and nobody wrapped its body; 0 else.
    private let suspended = Atomic<UInt>(0)
    /// Where it was first seen, if it is not ours; written before it is shown.
    private var pool: UInt32 = 0
    private var node: TaskNode?
    private var children = Children()
    /// The tasks of its `async let`s that have not been seen to end, by where they lie in its memory.
    private var parts: [UnsafeMutableRawPointer: AsyncTask] = [:]
    /// If it is ours: others are never asked by us.
    private let cancellation: Guarded<Cancellation>?

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
        input: TaskInput?
    ) {
        TaskNode.retain(bits: job.parent)
        self.job = job
        self.awaitable = awaitable
        self.input = input
        isOurs = true
        cancellation = Guarded(Cancellation())
        hooks = core.hooks?.submit(name: job.name)
    }

    /// A foreign task.
    ///
    /// - Parameter job: Owns no reference to the parent; this takes one.
    private init(visiting job: Job) {
        TaskNode.retain(bits: job.parent)
        self.job = job
        (awaitable, input, isOurs, hooks, cancellation) = (nil, nil, false, nil, nil)
    }

    /// An async main, whose path and children are those of its thread's root.
    private init(main root: TaskNode, children count: UInt32) {
        job = Job(
            parent: root.unownedBits, task: root.task, ordinal: 0, name: 0, site: 0, kind: .segment,
            submitted: pooltrace_clock_now(), index: TaskNode.noIndex)
        TaskNode.retain(bits: job.parent)
        (awaitable, input, isOurs, hooks, cancellation) = (nil, nil, false, nil, nil)
        (node, children) = (root, Children(of: root, count: count))
    }

    deinit {
        UnsafeMutableRawPointer(bitPattern: suspended.load(ordering: .relaxed)).map(swift_release)
        job.releaseParent()
    }

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

    /// How many tasks are known, and at how many those are looked for that have ended unseen.
    private static let known = Atomic<Int>(0)
    private static let sweepAt = Atomic<Int>(fewTasks)
    private static let fewTasks = 64

    private static let stripes = (0..<64).map { _ in Stripe() }

    private static func stripe(_ id: UInt64) -> Stripe { stripes[Int(id & 63)] }

    /// The task that a job goes on with, which is a new one if this is the first that is seen of it; `nil` if the job
    /// is something else.
    static func of(_ job: UnsafeMutableRawPointer, in core: PoolCore) -> AsyncTask? {
        let id = pooltrace_async_id(job)
        guard id != 0 else { return nil }
        if let made = pooltrace_thread().pointee.async_task {
            pooltrace_thread().pointee.async_task = nil
            let task = Unmanaged<AsyncTask>.fromOpaque(made).takeUnretainedValue()
            task.enter(id)
            return task
        }
        if let known = known(id) { return known }
        // Nobody else sees it for the first time: a task is queued once at a time.
        if SwiftTasks.isMain(id, job) { return main(id) }
        let site = pooltrace_is_recording() ? Recorder.internCallers() : 0
        let described = Job.newChild(.segment, name: Self.name.id, site: site)
        described.recordSubmission(to: core.number)
        let task = AsyncTask(visiting: described)
        described.releaseParent()
        task.pool = core.number
        core.asyncTasks.hasVisitors.store(true, ordering: .relaxed)
        task.enter(id)
        if pooltrace_async_flags(job) & POOLTRACE_JOB_ASYNC_LET != 0 { current?.declare(task, at: job) }
        return task
    }

    private static func known(_ id: UInt64) -> AsyncTask? { stripe(id).tasks.withLock { $0[id] } }

    private func enter(_ id: UInt64) {
        self.id = id
        Self.stripe(id).tasks.withLock { $0[id] = self }
        let count = Self.known.wrappingAdd(1, ordering: .relaxed).newValue
        if count > Self.sweepAt.load(ordering: .relaxed) { Self.endUnseen() }
    }

    /// The task that Swift runs on this thread, if a pool has seen it: the one whose segment this is, or, inside of an
    /// actor that a worker runs, the one that called the actor.
    static var current: AsyncTask? {
        if let task = TaskContext.current?.pointee.asyncTask { return task }
        let id = pooltrace_async_current()
        return id == 0 ? nil : known(id)
    }

    /// The number of whose doing it is what happens on this thread.
    static var currentNumber: UInt64 { current?.job.task ?? Submitter.currentTask }

    /// Those that have started and not ended, in order of their paths: once nothing is queued they are all suspended.
    static var allSuspended: [AsyncTask] {
        stripes.flatMap { $0.tasks.withLock { Array($0.values) } }
            .sorted { ($0.job.path.steps.count, "\($0.job.path)") < ($1.job.path.steps.count, "\($1.job.path)") }
    }

    /// Calls `start`, which hands a new task of Swift's to the pool: this one.
    func handOver<Result>(_ start: () -> Result) -> Result {
        guard AsyncIdentity.current.knowsTasks else { return start() }
        let thread = pooltrace_thread()!
        thread.pointee.async_task = Unmanaged.passUnretained(self).toOpaque()
        // Started on another pool, or not at all: then its segments are unknown.
        defer { thread.pointee.async_task = nil }
        return start()
    }

    /// No more segments come; whether that is news.
    @discardableResult
    func forget() -> Bool {
        guard id != 0 else { return false }
        let id = id
        guard Self.stripe(id).tasks.withLock({ $0.removeValue(forKey: id) }) != nil else { return false }
        Self.known.wrappingSubtract(1, ordering: .relaxed)
        return true
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

    // MARK: Foreign tasks

    /// The task of an async main, seen as it leaves its first segment, which nobody has queued.
    private static func main(_ id: UInt64) -> AsyncTask {
        let (root, children) = SwiftTasks.main
        let task = AsyncTask(main: root, children: children)
        task.begin(at: task.job.submitted, on: SwiftTasks.worker)
        if pooltrace_is_recording() {
            pooltrace_record_task_suspend(task.job.submitted, root.task, SwiftTasks.worker.id)
        }
        task.enter(id)
        return task
    }

    /// Notes the task of an `async let`, in the segment that declares it.
    ///
    /// One that lay at the same place has ended, or its place would not have been given out again.
    private func declare(_ part: AsyncTask, at place: UnsafeMutableRawPointer) {
        parts.updateValue(part, forKey: place)?.endUnwrapped(at: pooltrace_clock_now())
    }

    // A task may end inside of an actor, which runs those that called it without saying which. So a task is retained
    // while it is suspended, and looked at again: after each run of an actor, as long as there are few, each time there
    // are twice as many, and at exit.

    /// Swift's task, while it is suspended.
    var swiftTask: UnsafeRawPointer? {
        if let address = UnsafeRawPointer(bitPattern: suspended.load(ordering: .relaxed)) { return address }
        // Swift's type is the pointer.
        return cancellation?.withLock { $0.task.map { unsafeBitCast($0, to: UnsafeRawPointer.self) } }
    }

    /// Retains Swift's task for a segment.
    func holdForSegment(_ job: UnownedJob) {
        if suspended.exchange(0, ordering: .acquiring) == 0 { _ = swift_retain(job.address) }
    }

    /// The segment has ended without the task: the reference stays until the next one.
    ///
    /// That may have begun.
    func leaveSuspended(_ job: UnownedJob) { keepSuspended(UInt(bitPattern: job.address)) }

    private func keepSuspended(_ address: UInt) {
        guard !suspended.compareExchange(expected: 0, desired: address, ordering: .acquiringAndReleasing).exchanged
        else { return }
        UnsafeMutableRawPointer(bitPattern: address).map(swift_release)
    }

    /// Tells the end of those that have ended where nobody saw it.
    static func endUnseen() {
        for stripe in stripes {
            for task in stripe.tasks.withLock({ Array($0.values) }) { task.endIfUnseen() }
        }
        sweepAt.store(max(fewTasks, known.load(ordering: .relaxed) * 2), ordering: .relaxed)
    }

    /// The same after the run of an actor.
    static func endUnseenIfFew() {
        if known.load(ordering: .relaxed) <= fewTasks { endUnseen() }
    }

    private func endIfUnseen() {
        let address = suspended.exchange(0, ordering: .acquiring)
        guard let task = UnsafeMutableRawPointer(bitPattern: address) else { return }
        guard pooltrace_async_is_complete(task) else { return keepSuspended(address) }
        endUnwrapped(at: pooltrace_clock_now())
        swift_release(task)
    }

    /// A task whose body nobody wrapped is seen to have ended, and so are those of its `async let`s.
    func endUnwrapped(at stamp: UInt64) {
        guard forget() else { return }
        for part in parts.values { part.endUnwrapped(at: stamp) }
        parts = [:]
        Scheduling.didRun(job.task)
        if pooltrace_is_recording() {
            pooltrace_record_task_end(stamp, job.task, UInt8(POOLTRACE_SUCCEEDED.rawValue))
        }
    }

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
        hooks?.begin(submitted: job.submitted, start: start)
        withUnsafeCurrentTask { task in
            cancellation?.withLock { $0.task = task }
            if cancellation?.withLock({ $0.isAsked }) == true { task?.cancel() }
        }
        defer { cancellation?.withLock { $0.task = nil } }
        do {
            if let hooks { try await hooks.restore(around: body) } else { try await body() }
            let now = pooltrace_clock_now()
            end(.succeeded, at: now)
            SlowInputs.note(job, from: start, to: now, core.configuration.inputs) { input?.text($0) }
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
                core.explain(error, of: job, started: start, at: now, on: worker, input: input),
                index: job.index)
        }
    }

    private func end(_ outcome: Outcome, at stamp: UInt64) {
        if pooltrace_is_recording() { pooltrace_record_task_end(stamp, job.task, outcome.rawValue) }
        hooks?.end(outcome, start: start, end: stamp)
        leave()
        Scheduling.didRun(job.task)
    }

    /// Its body will not run.
    func drop() {
        hooks?.drop(1, .cancelled)
        leave()
    }

    /// Its last segment runs now, and nothing more is reported of it.
    func leave() {
        forget()
        TaskContext.current?.endSegment(of: self)
    }

    /// Cancels the task of Swift's, as `Task.cancel` does.
    ///
    /// Handlers of cancellation run inside the lock, which alone keeps the task from ending meanwhile: they are not to
    /// wait for it.
    func cancel() {
        cancellation?.withLock { state in
            state.isAsked = true
            state.task?.cancel()
        }
    }
}
