import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// All async tasks of the process, where `PoolTraceRuntime` has taken over the executors that Swift's runtime made for
/// them.
///
/// They belong to a pool of their own that no program sees, so explicit pools and async tasks share queue, identity and
/// recorder. Who runs its segments is the route's; `Scheduling` chooses it.
package enum SwiftTasks {
    /// Who runs what Swift's runtime queues.
    package enum Route: Sendable {
        /// The holder of the baton, as a strategy says.
        case serial
        /// The pool's workers; what is the main actor's, and timers, stay with Dispatch.
        case workers
        /// Dispatch, as without us; it is recorded.
        case dispatch
    }

    /// Workers for as many threads as a process can have: Dispatch makes them as it likes.
    private static let maximumThreads = 1 << 16

    private static let state = Guarded<[Worker]>([])
    private static let isTaken = Atomic<Bool>(false)
    private static let runsMain = Atomic<Bool>(false)
    /// Swift's number for the task of an async main, as soon as it is known.
    private static let mainID = Atomic<UInt64>(0)

    /// Who runs what; settled, with all other settings, when this is first asked for.
    package static let route: Route = {
        Annotations.startRecorder()
        return Scheduling.route
    }()

    /// The pool.
    static let core: PoolCore = {
        let route = Self.route
        let workers = max(1, Settings.current.workers ?? ProcessorCount.available)
        let core = PoolCore(
            name: "swift-concurrency", workers: PoolCore.effectiveWorkers(workers),
            configuration: PoolConfiguration(maximumSubstitutes: maximumThreads), isHidden: true)
        pooltrace_lttng_look()
        pooltrace_record_pool_start(
            pooltrace_clock_now(), core.number, UInt8(POOLTRACE_POOL_THREADS.rawValue),
            UInt32(clamping: core.workerCount),
            core.name)
        PoolRegistry.add(core)
        if !AsyncIdentity.current.knowsTasks {
            Notice.write(
                "async tasks have no paths, because this version of the Swift runtime is unknown")
        }
        if route != .dispatch {
            do { try core.startWorkers() } catch { Notice.write("\(error): async tasks run on fewer workers") }
        }
        Recorder.atExit { endMain() }
        if route == .serial { lookWatch.withLock { $0 }?({ RaceDetection.own { Scheduling.looked() } }) }
        if Settings.current.stacks { TaskStacks.showOnQuit() }
        Sampler.startIfAsked()
        if core.configuration.stallLimit != nil { Watchdog.watch() }
        return core
    }()

    /// Says that Swift's executors are PoolTrace's.
    ///
    /// - Parameter watchLooks: Has a function called at each look of a task whether it is cancelled.
    package static func take(watchLooks: @escaping @Sendable (@convention(c) () -> Void) -> Void) {
        lookWatch.withLock { $0 = watchLooks }
        isTaken.store(true, ordering: .relaxed)
        // Before main, where a program with a recorder that is preloaded looks for it.
        Annotations.take()
    }

    private static let lookWatch = Guarded<(@Sendable (@convention(c) () -> Void) -> Void)?>(nil)

    /// Whether jobs of the main actor run on another thread than main's: see `Baton+Blocking`.
    package static var isMainElsewhere: Bool { Scheduling.isMainElsewhere }

    /// Whether they are.
    static var areOurs: Bool { isTaken.load(ordering: .relaxed) }

    // MARK: - Jobs

    /// Queues a job for the holder of the baton, or for the workers.
    package static func enqueue(_ job: UnownedJob, onMain: Bool) { core.enqueue(job, at: onMain ? .main : .anywhere) }

    /// Takes a job that is about to be queued elsewhere and comes back by `run`.
    ///
    /// - Returns: Whether it is to come back; what only makes a task go on that has yielded is nothing to record.
    package static func note(_ job: UnownedJob) -> Bool {
        let identity = AsyncIdentity.current
        if identity.knowsTasks, let task = AsyncTask.of(job.address, in: core) {
            task.queued.wrappingAdd(1, ordering: .releasing)
            return true
        }
        return !identity.knowsYields || pooltrace_async_flags(job.address) & 0xFF != UInt32(POOLTRACE_JOB_YIELDED)
    }

    /// Runs a job that was noted, on the calling thread, which is not PoolTrace's.
    package static func run(_ job: UnownedJob, onMain: Bool) {
        let task = AsyncIdentity.current.knowsTasks ? AsyncTask.of(job.address, in: core) : nil
        core.run(job, of: task, at: onMain ? .main : .anywhere, on: worker)
    }

    /// Runs a job that was noted as nothing to record.
    package static func runUnrecorded(_ job: UnownedJob) { SegmentPlace.anywhere.run(job) }

    /// Makes a job ready once `delay` has passed: as soon as nothing else is, in serial mode.
    package static func sleep(_ job: UnownedJob, for delay: Duration) { Scheduling.sleep(job, for: delay) }

    /// Runs everything, in serial mode, on the thread that an async main has left to its executor.
    package static func runMain(until isStopped: @Sendable () -> Bool) { Scheduling.runMain(until: isStopped) }

    // MARK: - Main

    /// Says that main has come to where it leaves its thread to an executor: only an async main does.
    package static func mainRuns() { runsMain.store(true, ordering: .relaxed) }

    /// What main's task hangs its children below, and how many it has had; set before its thread, which may end now, is
    /// left.
    private static let mainRoot = Guarded<(root: TaskNode, children: UInt32)?>(nil)

    /// Keeps what is known of main in its thread.
    package static func keepMain() {
        let root = ThreadState.ownRoot
        mainRoot.withLock { $0 = (root, pooltrace_thread().pointee.children) }
    }

    /// The root of an async main, and how many children it has had.
    static var main: (root: TaskNode, children: UInt32) {
        mainRoot.withLock { $0 } ?? (ThreadState.ownRoot, pooltrace_thread().pointee.children)
    }

    /// Main has started a task without being one.
    private static let plainMain = Atomic<Bool>(false)
    static var isMainPlain: Bool { plainMain.load(ordering: .relaxed) }

    /// Whether main's thread is its executor's, as far as is known.
    package static var isMainAsync: Bool {
        runsMain.load(ordering: .relaxed) || mainID.load(ordering: .relaxed) != 0
    }

    /// Whether a task that has not been seen before is that of an async main.
    ///
    /// Its first segment, which nobody has queued, runs on the main thread before any executor does. What is queued
    /// there comes from that segment, or, in a program whose main is not async, from none at all. When the segment ends
    /// it queues its own task, or somebody does later, and Swift names no current one any more: that is no task that
    /// only begins.
    static func isMain(_ id: UInt64, _ job: UnsafeMutableRawPointer) -> Bool {
        guard areOurs else { return false }
        if id == mainID.load(ordering: .relaxed) { return true }
        guard mainID.load(ordering: .relaxed) == 0 else { return false }
        if !runsMain.load(ordering: .relaxed) {
            guard TaskContext.current == nil, ThreadState.isMainThread else { return false }
            let current = pooltrace_async_current()
            if current != 0 {
                mainID.store(current, ordering: .relaxed)
                return false
            }
        }
        let beginning = AsyncIdentity.current.beginning
        guard beginning != 0, !isMainPlain else { return false }
        guard pooltrace_async_resume(job) != beginning else {
            if !runsMain.load(ordering: .relaxed) { plainMain.store(true, ordering: .relaxed) }
            return false
        }
        mainID.store(id, ordering: .relaxed)
        return true
    }

    /// The process exits: if main's task does it, it has ended.
    private static func endMain() {
        AsyncTask.endUnseen()
        guard let task = TaskContext.current?.pointee.asyncTask, task.job.ordinal == 0 else { return }
        task.endUnwrapped(at: pooltrace_clock_now())
    }

    // MARK: - Workers

    /// The worker that runs tasks on the calling thread.
    static var worker: Worker {
        if route == .serial { return core.worker(at: 0) }
        if let worker = Worker.current(of: core) { return worker }
        if let bits = pooltrace_thread().pointee.async_worker { return Worker(bits: bits) }
        return makeWorker()
    }

    @inline(never)
    private static func makeWorker() -> Worker {
        let worker = state.withLock { $0.popLast() } ?? addWorker()
        pooltrace_record_worker_start(
            pooltrace_clock_now(), core.number, worker.id, worker.number, pooltrace_thread_id())
        pooltrace_thread().pointee.async_worker = worker.bits
        // Dispatch's threads block signals.
        if Settings.current.stacks || core.configuration.stallLimit != nil { pooltrace_stack_allow_sample() }
        // Its end gives the worker back.
        _ = ThreadState.current
        return worker
    }

    private static func addWorker() -> Worker {
        // Beside the workers of a pool, to which it does not belong. There are fewer threads than workers.
        guard route == .dispatch, let worker = core.idle.withLock({ _ in core.addWorker() }) else {
            return Worker(number: UInt32(clamping: core.workerCount + 1))
        }
        return worker
    }

    /// The calling thread ends.
    static func threadEnds() {
        guard let bits = pooltrace_thread().pointee.async_worker else { return }
        pooltrace_thread().pointee.async_worker = nil
        state.withLock { $0.append(Worker(bits: bits)) }
    }
}
