import CPoolRecorder
import PoolRecorder
import Synchronization

/// Something that ends once and that threads and async tasks wait for: a future or a map.
///
/// The state's low bits are the phase; one more says that somebody waits, and one that a running task was asked to
/// stop. Waiters are kept beside, in `WaitingRoom`, so that a future nobody waits for costs one word. The thread that
/// ends it exchanges the state: if the bit was set it empties the room. A waiter sets the bit inside the room's lock
/// and looks at the phase that the same operation returned: either it sees the end, or the end sees the bit.
public class Awaitable: @unchecked Sendable {
    enum Phase {
        static let pending: UInt32 = 0
        static let running: UInt32 = 1
        static let succeeded: UInt32 = 2
        static let failed: UInt32 = 3
        static let cancelled: UInt32 = 4
        static let mask: UInt32 = 7
        static let hasWaiters: UInt32 = 8
        /// It was running when somebody cancelled it, and may look.
        static let isAsked: UInt32 = 16
    }

    private let state = Atomic<UInt32>(Phase.pending)
    /// Who the task or the map is; one reference to the parent is owned.
    ///
    /// Never changed once it was shown to a worker.
    final var job: Job
    /// Its pool, which is alive as long as a ticket of this is queued; `nil` for what no pool runs.
    let core: Unmanaged<PoolCore>?

    init(job: Job, core: PoolCore?) {
        self.job = job
        self.core = core.map { Unmanaged.passUnretained($0) }
    }

    deinit { job.releaseParent() }

    var phase: UInt32 { state.load(ordering: .acquiring) & Phase.mask }

    /// Whether somebody has claimed it, to run or to cancel it.
    var hasStarted: Bool { phase != Phase.pending }

    var hasEnded: Bool { phase >= Phase.succeeded }

    /// Whether it may end within some microseconds, while the waiter keeps a processor.
    var isWorthASpin: Bool { true }

    /// Takes the right to run or cancel it: true for one caller only.
    ///
    /// The canceller notifies the waiters afterwards.
    func claim(as phase: UInt32 = Phase.running) -> Bool {
        var known = state.load(ordering: .relaxed)
        while known & Phase.mask == Phase.pending {
            pooltrace_delay()
            let attempt = state.compareExchange(
                expected: known, desired: known & ~Phase.mask | phase, ordering: .acquiringAndReleasing)
            if attempt.exchanged { return true }
            known = attempt.original
        }
        return false
    }

    /// The same for something that no other thread has known.
    func claimUnshared() { state.store(Phase.running, ordering: .relaxed) }

    /// Makes it as new, for another task; no other thread has known it.
    func renew(_ job: Job) {
        self.job.releaseParent()
        self.job = job
        state.store(Phase.pending, ordering: .relaxed)
    }

    /// Ends it; what it ended with was written before.
    ///
    /// - Parameter worker: The worker that ran it, if one did; its thread runs the callbacks.
    func end(_ phase: UInt32, on worker: Worker? = nil) {
        // What others have done for it, such as the other elements of a map, comes before what its end brings about.
        RaceDetection.acquire(self)
        RaceDetection.release(self)
        pooltrace_delay()
        let old = state.exchange(phase, ordering: .acquiringAndReleasing)
        pooltrace_delay()
        if old & Phase.hasWaiters != 0 { WaitingRoom.admitAll(of: self, on: worker) }
    }

    /// Tells the waiters, after it was claimed as cancelled.
    ///
    /// - Parameter worker: The worker that cancelled it, if one did; its thread runs the callbacks.
    func tellWaiters(on worker: Worker?) {
        if state.load(ordering: .relaxed) & Phase.hasWaiters != 0 { WaitingRoom.admitAll(of: self, on: worker) }
    }

    /// Whether somebody has asked the running task to stop.
    var isAskedToStop: Bool { state.load(ordering: .relaxed) & Phase.isAsked != 0 }

    /// Asks it to stop; whether it runs, and this is the first time.
    func askToStop() -> Bool {
        pooltrace_delay()
        let old = state.bitwiseOr(Phase.isAsked, ordering: .relaxed).oldValue
        return old & Phase.mask < Phase.succeeded && old & Phase.isAsked == 0
    }

    /// Sets the bit; the phase at that moment.
    ///
    /// Called inside the waiting room's lock.
    func announceWaiter() -> UInt32 {
        pooltrace_delay()
        return state.bitwiseOr(Phase.hasWaiters, ordering: .acquiringAndReleasing).oldValue & Phase.mask
    }

    /// Whether the calling thread, inside a task, may run what is left of this: a task of another pool stays with that
    /// pool's workers, which may be one on purpose.
    ///
    /// In serial mode all pools share one thread anyway.
    var mayRunHere: Bool {
        guard let core else { return false }
        return pooltrace_thread().pointee.worker_core == UnsafeRawPointer(core.toOpaque())
            || Scheduling.poolsShareThread
    }

    /// Waits until it has ended; recorded, whether there was anything to wait for or not.
    ///
    /// - Returns: Whether it has ended before the deadline.
    /// - Throws: `WaitCycleError`.
    func wait(until deadline: ContinuousClock.Instant? = nil) throws -> Bool {
        let waiter = Submitter.currentTask
        if pooltrace_is_recording() { pooltrace_record_wait_start(pooltrace_clock_now(), waiter, job.task) }
        defer {
            if pooltrace_is_recording() { pooltrace_record_wait_end(pooltrace_clock_now(), waiter, job.task) }
        }
        return try comesAfter(Scheduling.wait(for: self, until: deadline))
    }

    /// The same without blocking a thread; circles of waits are not looked for.
    func wait(until deadline: ContinuousClock.Instant?) async -> Bool {
        let waiter = Submitter.currentTask
        if pooltrace_is_recording() { pooltrace_record_wait_start(pooltrace_clock_now(), waiter, job.task) }
        let hasEnded = await Scheduling.wait(asyncFor: self, until: deadline)
        if pooltrace_is_recording() { pooltrace_record_wait_end(pooltrace_clock_now(), waiter, job.task) }
        return comesAfter(hasEnded)
    }

    /// What the calling task does from here on comes after the end of this, if it has ended.
    func comesAfter(_ hasEnded: Bool) -> Bool {
        if hasEnded { RaceDetection.acquire(self) }
        return hasEnded
    }

    // MARK: Overridden by those that can be run, or consist of others

    /// What it ends with, if it is one of several; empty if it is only itself.
    var alternatives: [Awaitable] { [] }

    /// Whether it is the end of one task, which a waiter may run whole.
    var isOneTask: Bool { false }

    /// Whether it ends with all that it consists of, and not with the first of several.
    var isCertain: Bool { true }

    /// Whether it cannot end before a job has.
    func needs(_ job: Job) -> Bool { false }

    /// Whether nothing that a pool runs by itself ends it.
    var isCompletedByHand: Bool { core == nil }

    /// Runs what is left of it on the calling thread, inside a task that waits for it; whether that ended it.
    func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool { false }

    /// Runs some of it, in serial mode, on the thread that holds the baton; whether there was anything to run.
    func runInSerial() -> Bool { false }

    /// What it works on, or the element of it at a place.
    func input(at place: UInt64) -> TaskInput? { nil }

    /// Lets go of what will never run.
    func discardBody() {}
}
