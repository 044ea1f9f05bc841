import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

/// Serial mode: exactly one thread at a time runs pool work, the holder of the baton, and a strategy picks what it
/// runs.
///
/// A thread that waits outside the pools takes the baton: in `value`, `join`, `map`, a wait for a condition, a submit
/// into a full queue, an `await`, at exit. It runs steps until its wait is over, and gives the baton back. A poll runs
/// one step.
///
/// What a step runs, and where:
/// - A task that the waiting thread cannot go on without runs on top of it, on the same stack: nothing is lost by that,
///   and the whole run stays on one thread. Where it waits in its turn, it runs steps itself.
/// - Any other task, and under a strategy that searches every task, runs on a strand, a thread that is lent the baton
///   and may stop in the middle: see `Strand`. So does a `TracedThread`.
/// - Segments of async tasks run on the stack of the thread that holds the baton.
/// - `inline` and `--only` have no strands: every task runs on top.
///
/// And what else may happen:
/// - Two threads outside the pools want the baton: the second parks until the first gives it back, and the run is
///   marked: their order is the kernel's.
/// - Tasks are ready, and for `takeoverDelay` no thread takes the baton or submits: a background thread of the engine
///   takes it, and the run is marked.
/// - Segments of async tasks are ready, and the task that awaits them has no thread (a task that suspends gives up its
///   thread): the background thread takes the baton after `segmentDelay`. That is usual, and no mark.
/// - A segment, or a task without strands, parks until another thread does something: the background thread takes the
///   baton as soon as it is free.
/// - Everything below is guarded by `monitor`, except that only the holder runs steps.
final class Baton: @unchecked Sendable {
    /// How long ready tasks wait for somebody to wait for them.
    static let takeoverDelay = Duration.milliseconds(200)
    /// How long segments wait, when nobody drives.
    static let segmentDelay = Duration.milliseconds(2)

    let monitor = Monitor()
    private let runsInline: Bool
    /// The schedule that is replayed; guarded by the monitor.
    let following: Following?
    let isStrict: Bool
    /// Whether the program ends where a task would run on a second thread.
    let hasOneThread: Bool
    /// Whether the strategy comes to every task in the end.
    let isFair: Bool
    // The monitor excludes what the runtime would check for at each access, for a fifth of a step's time.
    @exclusivity(unchecked) var ready: ReadyJobs
    /// The thread that holds it, by the address of its state, and how often it took it.
    @exclusivity(unchecked) var holder: UnsafeRawPointer?
    @exclusivity(unchecked) var depth = 0
    /// How many threads wait for it: one of those that take over gives it back for them.
    var wanting = 0
    /// Whether the holder is a background thread: the run is marked already, if that is unusual.
    var isTakenOver = false
    /// Counts takes, steps and submits: what the takeover thread watches.
    @exclusivity(unchecked) var progress: UInt64 = 0
    /// Whether it has been said that the order is not controlled.
    var hasMet = false
    /// Async tasks outside the pools that wait for something, and those of them that have let their thread go.
    var driving = 0
    var drivers: [UnsafeContinuation<Void, Never>] = []
    /// A segment of an async task was added since the last takeover.
    @exclusivity(unchecked) var hasSegments = false
    var hasTakeoverThread = false
    /// How many background threads wait to take over.
    var idleTakeovers = 0
    /// How many threads outside the pools are busy for a moment.
    var busy = 0
    /// How many threads are parked until others have got on.
    var parked = 0
    /// The holder whose task blocks, if the baton was taken from it.
    @exclusivity(unchecked) var spilled: Spilled?
    /// Whether tasks and threads may stop in the middle, each on a strand.
    let hasStrands: Bool
    /// Whether each point is a decision: under a strategy that searches, and in the replay of such a run.
    let interleaves: Bool
    /// Whether each end of a task's wait is a decision: in the replay of a parallel run, whose trace tells no more.
    let followsWaits: Bool
    @exclusivity(unchecked) var strands: Strands
    /// Those whose task has ended, for the next; only the holder touches them.
    var idleStrands: [Strand] = []
    /// What async tasks need besides; guarded by the monitor.
    @exclusivity(unchecked) var swift = SwiftJobs()

    /// Called at a deadlock, in place of the end of the process; nil outside of `SerialExecutions`.
    let whenDeadlocked: (() -> Void)?

    init(_ strategy: StrategyName, _ settings: Settings) {
        whenDeadlocked = nil
        strands = Strands(RunTime(sleep: Scheduling.sleep))
        following = settings.replay.flatMap { Following.start($0, settings) }
        isStrict = settings.divergence == .strict
        isFair = following != nil || strategy.isFair
        hasOneThread = strategy == .oneThread && following == nil
        runsInline = strategy == .inline && following == nil
        hasStrands = !runsInline && settings.only == nil
        interleaves = hasStrands && (following.map { $0.granularity == .points } ?? strategy.searches)
        followsWaits = hasStrands && following?.granularity == .waits
        let picker = following.map(Picker.following) ?? .strategies { strategy.makeStrategy(seed: settings.seed) }
        ready = ReadyJobs(picker, only: settings.only.flatMap(TaskPath.init))
        if hasStrands { ForeignLocks.take(searches: interleaves) }
        RaceDetection.begin()
    }

    /// For one execution of many in a process, whose threads are no concern of its own.
    init(_ strategy: any Strategy, strands idle: [Strand], whenDeadlocked: @escaping () -> Void) {
        self.whenDeadlocked = whenDeadlocked
        strands = Strands(RunTime(sleep: Scheduling.sleep))
        (following, isStrict, isFair, runsInline) = (nil, false, true, false)
        (hasStrands, interleaves, followsWaits, hasOneThread) = (true, true, false, false)
        hasTakeoverThread = true
        // Its programs have one priority.
        ready = ReadyJobs(.strategies { strategy }, only: nil)
        idleStrands = idle
        for strand in idle { strand.baton = self }
        ForeignLocks.take(searches: true)
    }

    // MARK: - Submitting

    /// Takes in what the calling thread has just pushed to `core`.
    ///
    /// A segment is not run inline: its submitter is in the middle of an async task.
    func add(from core: PoolCore, isSegment: Bool = false) {
        let drivers = monitor.withLock { () -> [UnsafeContinuation<Void, Never>] in
            progress &+= 1
            if isSegment { hasSegments = true }
            _ = core.lane().claim(share: 1, limit: .max) { jobs in
                for job in jobs { add(job, of: core) }
            }
            while let job = core.urgent.take() ?? core.later.take() { add(job, of: core) }
            // The thread that holds the baton finds it.
            guard holder == nil else { return [] }
            monitor.notifyAll()
            return takeDrivers()
        }
        for driver in drivers { driver.resume() }
        if runsInline, !isSegment {
            take()
            _ = step()
            give()
        } else {
            startTakeoverThread()
        }
    }

    /// Inside the monitor.
    private func add(_ job: Job, of core: PoolCore) {
        RaceDetection.didSubmit(job.readyTask)
        // An async task has points in its segments, too.
        let segment = interleaves && job.kind == .segment ? strands.nextSegment(of: job.readyTask) : nil
        ready.add(job, of: core, segment: segment)
    }

    // MARK: - The baton itself

    func take() { _ = take(orLeave: false) }

    func take(orLeave: Bool, isTakeover: Bool = false) -> Bool {
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        return monitor.withLock {
            if holder != own {
                if holder != nil {
                    if orLeave { return false }
                    markMeeting()
                }
                waitForBaton()
                holder = own
                // At once: another thread that wants the baton is no second one outside.
                if isTakeover { isTakenOver = true }
            }
            depth += 1
            progress &+= 1
            return true
        }
    }

    /// Inside the monitor.
    func waitForBaton() {
        wanting += 1
        while holder != nil { monitor.wait() }
        wanting -= 1
    }

    func give() {
        let drivers = monitor.withLock { () -> [UnsafeContinuation<Void, Never>] in
            depth -= 1
            guard depth == 0 else { return [] }
            holder = nil
            monitor.notifyAll()
            return ready.isEmpty ? [] : takeDrivers()
        }
        for driver in drivers { driver.resume() }
    }

    /// Runs `body`, which may park, with the baton given back if this thread holds it.
    func withoutBaton<Result>(_ body: () throws -> Result) rethrows -> Result {
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        let (held, drivers) = monitor.withLock { () -> (Int, [UnsafeContinuation<Void, Never>]) in
            guard holder == own else { return (0, []) }
            defer { (holder, depth) = (nil, 0) }
            monitor.notifyAll()
            return (depth, ready.isEmpty ? [] : takeDrivers())
        }
        for driver in drivers { driver.resume() }
        defer {
            if held > 0 {
                monitor.withLock {
                    waitForBaton()
                    (holder, depth) = (own, held)
                }
            }
        }
        return try body()
    }

    /// Whether the calling thread holds the baton.
    var isHeldHere: Bool {
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        return monitor.withLock { holder == own }
    }

    /// Runs `body`, which parks until another thread does something, while a background thread runs what is ready.
    func parking<Result>(_ body: () throws -> Result) rethrows -> Result {
        startTakeoverThread()
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        let (isTakeover, isLast) = monitor.withLock {
            parked += 1
            monitor.notifyAll()
            // The task runs on a background thread, which it parks: another one takes over.
            let isTakeover = isTakenOver && holder == own
            if isTakeover { isTakenOver = false }
            return (isTakeover, isTakeover && idleTakeovers == 0)
        }
        if isLast { addTakeoverThread() }
        defer {
            monitor.withLock {
                parked -= 1
                if isTakeover { isTakenOver = true }
            }
        }
        return try withoutBaton(body)
    }

    func waitForProgress(atMost limit: Duration?, unless hasEnded: () -> Bool = { false }) {
        monitor.withLock {
            if ready.isEmpty && !hasEnded() { monitor.wait(atMost: limit) }
        }
    }

    /// Inside the monitor.
    private func markMeeting() {
        if !isTakenOver { note(.twoThreadsSubmit) }
    }

    /// A thread that nobody controls has ended a wait.
    func noteOutsider() { monitor.withLock { note(.wokenFromOutside) } }

    /// Notes and says something of the run; that its order is not controlled, once.
    ///
    /// Inside the monitor.
    func note(_ mark: RunMark) {
        if mark.kind == .uncontrolled {
            guard !hasMet else { return }
            hasMet = true
        }
        mark.record()
        Notice.write("serial mode: \(mark.text)")
    }
}
