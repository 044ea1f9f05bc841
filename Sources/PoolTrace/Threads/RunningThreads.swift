import CEventTable
import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// The threads that are alive, and what their runs are recorded as: tasks of a pool named "threads" that has a worker
/// for each thread.
///
/// A worker is used again once its thread has ended, so there are as many as threads were ever alive at a time.
enum RunningThreads {
    private struct State {
        var lastNumber = 0
        var alive: [TracedThread] = []
        /// Workers of threads that have ended.
        var idleWorkers: [Worker] = []
    }

    private static let state = Guarded(State())

    /// Workers and deques for as many threads as a process can have.
    private static let maximumThreads = 1 << 16

    /// The pool that threads are recorded in; it has no queue and takes no jobs.
    static let core: PoolCore = {
        Annotations.startRecorder()
        let core = PoolCore(
            name: "threads", workers: 0, configuration: PoolConfiguration(maximumSubstitutes: maximumThreads))
        pooltrace_lttng_look()
        pooltrace_record_pool_start(
            pooltrace_clock_now(), core.number, UInt8(POOLTRACE_POOL_THREADS.rawValue), 0, core.name)
        PoolRegistry.add(core)
        Sampler.startIfAsked()
        return core
    }()

    static func nextNumber() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    // MARK: - Alive

    static let main = TracedThread(
        foreignNamed: "main", isDaemon: false, identifier: UInt(pooltrace_main_thread()),
        nativeIdentifier: UInt32(bitPattern: getpid()))

    static var all: [TracedThread] { [main] + state.withLock { $0.alive } }

    static func contains(_ thread: TracedThread) -> Bool {
        thread === main || state.withLock { $0.alive.contains { $0 === thread } }
    }

    /// Counts a thread as alive; the worker that its run is recorded on, `nil` where there are too many threads.
    static func add(_ thread: TracedThread) -> Worker? {
        let core = core
        return state.withLock { state in
            guard let worker = state.idleWorkers.popLast() ?? core.addWorker() else { return nil }
            state.alive.append(thread)
            return worker
        }
    }

    /// Counts a thread as ended.
    static func remove(_ thread: TracedThread, _ worker: Worker? = nil) {
        state.withLock { state in
            state.alive.removeAll { $0 === thread }
            if let worker { state.idleWorkers.append(worker) }
        }
    }

    // MARK: - The calling thread

    /// Lives in the thread's own storage, and so as long as the thread.
    private final class Own {
        let thread: TracedThread
        init(_ thread: TracedThread) { self.thread = thread }
        deinit { if thread.origin == .foreign { RunningThreads.remove(thread) } }
    }

    private static let own = ThreadLocal<Own?>(nil)

    static func setCurrent(_ thread: TracedThread) { own.value = Own(thread) }

    /// Destroys what the calling thread keeps to itself, so that a join of the thread waits for that too.
    static func destroyThreadLocals() { own.destroyOthers() }

    static var current: TracedThread {
        if let own = own.value { return own.thread }
        if pooltrace_thread_id() == UInt32(bitPattern: getpid()) { return main }
        let thread = TracedThread(
            foreignNamed: ThreadState.threadName(), isDaemon: true, identifier: UInt(pthread_self()),
            nativeIdentifier: pooltrace_thread_id())
        own.value = Own(thread)
        state.withLock { $0.alive.append(thread) }
        return thread
    }

    /// What a new thread inherits: a pool's worker is no `TracedThread`, and says nothing on how long its threads
    /// matter.
    static var ownDaemonFlag: Bool {
        guard let thread = own.value?.thread, thread.origin == .traced else { return false }
        return thread.isDaemon
    }

    // MARK: - Exit

    /// Waits for the threads that are no daemons, also for those that start meanwhile.
    ///
    /// Not for the calling one, nor for one that waits for it.
    static func waitAtExit() {
        let own = own.value?.thread
        var waited: [TracedThread] = []
        while let thread = state.withLock({ state in
            state.alive.first { thread in
                thread.origin == .traced && !thread.isDaemon && thread !== own && !waited.contains { $0 === thread }
            }
        }) {
            waited.append(thread)
            guard let task = thread.state.withLock({ $0.task }) else { continue }
            if (try? Scheduling.wait(for: task)) == true { thread.reap() }
        }
    }
}
