import CPoolRecorder
import PoolModel
import Synchronization

/// A task while it runs: on the stack of the thread that runs it, found through `pooltrace_current()` and, by other
/// workers that explain a failure, through `Worker.current`.
struct TaskContext {
    /// What other threads may look at, as long as the worker shows the context: bits alone, so that a copy counts no
    /// references.
    ///
    /// Comes first, so that its address is the context's.
    struct Shown {
        /// The element of a map that runs, which moves on while one context serves several; `TaskNode.noIndex` for
        /// other tasks.
        ///
        /// Comes first. The loop over the elements stores it, atomically.
        fileprivate var place: UInt64
        /// Who it is; for elements of a map, the first of them that this context served.
        ///
        /// The parent is kept alive by the thread that runs the task.
        fileprivate let first: Job
        /// The future or map that ends with it, for the search for cycles of waits.
        let awaitable: Unmanaged<Awaitable>?
        let start: UInt64
        /// The thread ID.
        let thread: UInt32

        fileprivate func job(at place: UInt64) -> Job {
            guard place != first.index, let awaitable else { return first }
            var job = first
            job.index = place
            job.task = TaskID.element(of: awaitable._withUnsafeGuaranteedRef { $0.job.task }, index: place)
            return job
        }

        /// Who runs now, as another thread sees it.
        static func job(of shown: UnsafePointer<Shown>) -> Job {
            let place = UnsafeRawPointer(shown).assumingMemoryBound(to: Atomic<UInt64>.self)
            return shown.pointee.job(at: place.pointee.load(ordering: .relaxed))
        }
    }

    private var shown: Shown
    /// The worker on whose behalf the thread runs tasks; `nil` in a callback that runs outside of every task.
    let worker: Worker?
    /// The pool that the task is part of; `nil` for a callback that its pool did not run.
    let core: Unmanaged<PoolCore>?
    /// The task below on the same stack, which waits for this one.
    let outer: UnsafeMutablePointer<TaskContext>?
    /// Made when it first submits something.
    fileprivate var node: TaskNode?
    fileprivate var children = Children()
    /// The element whose children these are.
    fileprivate var childrenPlace: UInt64
    /// The async task that this is a segment of: its children are counted there, over all its segments.
    let asyncTask: AsyncTask?
    /// Whether the async task has ended in this segment.
    fileprivate(set) var hasEnded = false
    /// How often the task has looked whether it is cancelled, in serial mode; an async task in this segment.
    fileprivate(set) var looks: UInt32 = 0

    init(
        job: Job, start: UInt64, worker: Worker?, core: Unmanaged<PoolCore>?, awaitable: Unmanaged<Awaitable>?,
        outer: UnsafeMutablePointer<TaskContext>?, asyncTask: AsyncTask? = nil
    ) {
        self.asyncTask = asyncTask
        shown = Shown(
            place: job.index, first: job, awaitable: awaitable, start: start, thread: pooltrace_own_thread_id())
        childrenPlace = job.index
        (self.worker, self.core, self.outer) = (worker ?? outer?.pointee.worker, core, outer)
    }

    /// The task that runs on this thread, if one does.
    static var current: UnsafeMutablePointer<TaskContext>? {
        pooltrace_current().pointee.context?.assumingMemoryBound(to: TaskContext.self)
    }

    /// The task that runs on this thread, if a pool runs it: a callback outside of every task waits like any other
    /// thread.
    static var currentInPool: UnsafeMutablePointer<TaskContext>? {
        current.flatMap { $0.pointee.worker == nil ? nil : $0 }
    }

    /// The place of the task that runs on this thread, for the loop over the elements to store; only inside a task.
    static var currentPlace: UnsafePointer<Atomic<UInt64>> {
        // A task runs here, so there is a context, which begins with its place.
        UnsafeRawPointer(pooltrace_current().pointee.context!).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    var start: UInt64 { shown.start }
    var awaitable: Unmanaged<Awaitable>? { shown.awaitable }
    fileprivate var place: UInt64 { shown.place }

    /// Who runs now.
    var job: Job { shown.job(at: place) }

    var path: TaskPath { job.path }

    /// Whether the task was asked to stop: it alone, its map, or whatever its pool has not ended.
    var isAskedToStop: Bool {
        if let awaitable, awaitable._withUnsafeGuaranteedRef({ $0.isAskedToStop }) { return true }
        if asyncTask != nil, Task.isCancelled { return true }
        return core?._withUnsafeGuaranteedRef { $0.isCancelling.load(ordering: .relaxed) } ?? false
    }

    /// What the task works on.
    var input: TaskInput? {
        if let asyncTask { return asyncTask.input }
        return awaitable?._withUnsafeGuaranteedRef { $0.input(at: place) }
    }

    /// The same as reports show it.
    var inputText: String? {
        guard let policy = core?._withUnsafeGuaranteedRef({ $0.configuration.inputs }) else { return nil }
        return input?.text(policy)
    }

    /// Whether this is an actor that a worker runs for its callers.
    var isActor: Bool { asyncTask == nil && shown.first.kind == .segment }
}

// Fields are loaded and stored one by one, and never changed in place, which counts as a change of all of the struct:
// others look at what is shown of it meanwhile.
extension UnsafeMutablePointer<TaskContext> {
    /// Notes that an async task has ended, if this is a segment of it.
    func endSegment(of task: AsyncTask) { if pointee.asyncTask === task { pointee.hasEnded = true } }

    /// Counts one more look of the task whether it is cancelled.
    func countLook() -> UInt32 {
        pointee.looks &+= 1
        return pointee.looks
    }

    /// Counts one more child of the task that runs now.
    func nextChild() -> Submitter {
        if let asyncTask = pointee.asyncTask { return asyncTask.nextChild() }
        // An actor runs for the tasks that called it: which, Swift knows.
        if pointee.isActor, let caller = AsyncTask.current { return caller.nextChild() }
        var children = pointee.children
        if !children.hasParent || pointee.childrenPlace != pointee.place {
            let node = TaskNode(job: pointee.job)
            pointee.node = node
            pointee.childrenPlace = pointee.place
            children = Children(of: node)
        }
        let child = children.next()
        pointee.children = children
        return child
    }
}

extension TaskContext {
    /// Whether the task, or one that waits for it below on the same stack, belongs to `core`.
    func isOf(_ core: PoolCore) -> Bool {
        self.core?.toOpaque() == Unmanaged.passUnretained(core).toOpaque() || outer?.pointee.isOf(core) == true
    }
}
