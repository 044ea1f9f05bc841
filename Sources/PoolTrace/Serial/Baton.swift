import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

/// How long a wait for something that is completed by hand goes on before we say what it waits for.
private struct Patience {
    private let end = ContinuousClock.now.advanced(by: Baton.takeoverDelay)
    var isTold = false

    var isOver: Bool { !isTold && ContinuousClock.now >= end }

    /// When to look again.
    func next(for awaited: Awaitable, until deadline: ContinuousClock.Instant?) -> ContinuousClock.Instant? {
        guard awaited.isCompletedByHand, !isTold else { return deadline }
        // Over, and something ran then: it is looked at from time to time.
        let next = max(end, ContinuousClock.now.advanced(by: .milliseconds(20)))
        return deadline.map { min($0, next) } ?? next
    }
}

/// Serial mode: exactly one thread at a time runs pool work, the holder of the baton, and a strategy picks what it
/// runs.
///
/// Whoever waits takes the baton: `value`, `join`, `map`, a submit into a full queue, an `await`, exit. It runs steps
/// on its own stack until what it waits for has ended, and gives the baton back. A poll runs one step. A wait inside a
/// task runs what it waits for itself and never comes here, unless somebody else has to end it.
///
/// - Two threads want it: the second parks until the first gives it back, and the run is marked: their order is the
///   kernel's.
/// - Tasks are ready and for `takeoverDelay` nobody takes it or submits: a thread of our own takes it, and the run is
///   marked.
/// - Segments of async tasks are ready, and whoever awaits them has no thread (Swift gives it back as it suspends): the
///   same thread takes it after `segmentDelay`, which is nothing unusual.
/// - A task, or a `TracedThread`, parks until another thread does something: that thread of our own takes it at once,
///   as soon as it is free.
/// - A `TracedThread` starts: it never runs tasks on its own stack while it waits for one, and the run is marked.
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
    /// Whether a second thread goes on where a task blocks.
    let spills: Bool
    private let isStrict: Bool
    /// Whether the strategy comes to every task in the end.
    let isFair: Bool
    // The monitor excludes what the runtime would check for at each access, for a fifth of a step's time.
    @exclusivity(unchecked) var ready: ReadyJobs
    /// The thread that holds it, by the address of its state, and how often it took it.
    @exclusivity(unchecked) var holder: UnsafeRawPointer?
    @exclusivity(unchecked) var depth = 0
    /// Whether the holder is the takeover thread, which nobody has to be told of twice.
    var isTakenOver = false
    /// Counts takes, steps and submits: what the takeover thread watches.
    @exclusivity(unchecked) var progress: UInt64 = 0
    /// Whether it has been said that the order is not controlled.
    var hasMet = false
    /// Async tasks outside the pools that wait for something, and those of them that have let their thread go.
    private var driving = 0
    private var drivers: [UnsafeContinuation<Void, Never>] = []
    /// A segment of an async task was added since the last takeover.
    @exclusivity(unchecked) private var hasSegments = false
    private var hasTakeoverThread = false
    /// How many threads of our own run no task.
    var idleTakeovers = 0
    /// How many threads are parked until others have got on.
    var parked = 0
    /// The holder whose task blocks, if the baton was taken from it.
    @exclusivity(unchecked) var spilled: Spilled?
    /// Whether each task runs on a strand: under a strategy that searches, and a schedule of such a run.
    let interleaves: Bool
    @exclusivity(unchecked) var strands = Strands()
    var idle = IdleStrands()
    /// How many waits each thread outside the pools has ended; guarded by the monitor.
    private var waits: [UInt64: UInt32] = [:]
    /// What async tasks need besides; guarded by the monitor.
    @exclusivity(unchecked) var swift = SwiftJobs()

    init(_ strategy: StrategyName, _ settings: Settings) {
        following = settings.replay.flatMap { Following.start($0, settings) }
        isStrict = settings.divergence == .strict
        spills = settings.spill
        isFair = following != nil || strategy.isFair
        runsInline = strategy == .inline && following == nil
        interleaves = following?.hasPoints ?? (strategy.searches && settings.only == nil && !spills)
        let picker = following.map(Picker.following) ?? .strategies { strategy.makeStrategy(seed: settings.seed) }
        ready = ReadyJobs(picker, only: settings.only.flatMap(TaskPath.init))
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
                for job in jobs { ready.add(job, of: core) }
            }
            while let job = core.urgent.take() ?? core.later.take() { ready.add(job, of: core) }
            // Whoever holds the baton finds it.
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

    // MARK: - Waiting

    /// Runs steps while `isNeeded`, on the calling thread.
    func wait(while isNeeded: () -> Bool) {
        take()
        defer { give() }
        while isNeeded() {
            if !step(), !letTimePass(while: isNeeded) { withoutBaton { waitForProgress(atMost: .milliseconds(1)) } }
        }
    }

    /// Runs steps until `awaited` has ended; false if `deadline` came first.
    ///
    /// One step at least, if any task is ready. In a replay, also what the schedule has before the calling thread goes
    /// on.
    func wait(for awaited: Awaitable, until deadline: ContinuousClock.Instant?) -> Bool {
        take()
        defer {
            if let following { waitForTurn(in: following) } else if interleaves { waitForTurn() }
            give()
        }
        var isAnnounced = false
        defer { if isAnnounced { WaitingRoom.withdraw(ObjectIdentifier(self), from: awaited) } }
        var patience = Patience()
        while !awaited.hasEnded {
            if runAwaited(awaited) || step() || letTimePass(while: { !awaited.hasEnded }) {
                if let deadline, !awaited.hasEnded, ContinuousClock.now >= deadline { return false }
                continue
            }
            // Nothing is ready, so somebody else has to end it, or to submit what does.
            if let deadline, ContinuousClock.now >= deadline { return false }
            if !isAnnounced {
                isAnnounced = true
                WaitingRoom.whenEnded(awaited, owner: ObjectIdentifier(self)) { [self] in
                    monitor.withLock { monitor.notifyAll() }
                }
            }
            let limit = [patience.next(for: awaited, until: deadline), monitor.withLock { strands.deadline }]
                .compactMap { $0 }.min()
            withoutBaton {
                waitForProgress(atMost: limit.map { ContinuousClock.now.duration(to: $0) }) { awaited.hasEnded }
                tellIfStuck(awaited, &patience)
            }
        }
        return true
    }

    /// The parallel run was further when the calling thread, which is outside the pools, had come out of this wait.
    private func waitForTurn(in following: Following) {
        let root = Submitter.currentTask
        let part = monitor.withLock { following.nextPart(ofThread: root) }
        var hasWaited = false
        while !monitor.withLock({ following.strategy.goesOn(part) }), step() { hasWaited = true }
        if hasWaited { recordTurn(part) }
    }

    /// The strategy decides what runs before the calling thread, which is outside the pools, comes out of this wait.
    private func waitForTurn() {
        let root = Submitter.currentTask
        let isAlone = monitor.withLock { () -> Bool in
            let part = TaskPart(task: root, segment: waits[root, default: 0])
            waits[root, default: 0] &+= 1
            guard !ready.isEmpty else { return true }
            ready.addThread(part)
            return false
        }
        guard !isAlone else { return }
        var hasWaited = false
        while true {
            switch stepOrTurn() {
            case .turn(let part):
                if hasWaited { recordTurn(part) }
                return
            case .step: hasWaited = true
            case .nothing: return
            }
        }
    }

    private func recordTurn(_ part: TaskPart) {
        monitor.withLock { ready.steps += 1 }
        guard pooltrace_is_recording() else { return }
        pooltrace_record_step(pooltrace_clock_now(), part.task, 0, UInt64(part.segment), part.segment + 1)
    }

    /// Parks the calling thread, inside a task, until somebody else has ended `awaited`; false if `deadline` came
    /// first.
    func park(for awaited: Awaitable, until deadline: ContinuousClock.Instant?) -> Bool {
        parking {
            var patience = Patience()
            while !WaitingRoom.park(for: awaited, until: patience.next(for: awaited, until: deadline)) {
                if let deadline, ContinuousClock.now >= deadline { return false }
                tellIfStuck(awaited, &patience)
            }
            return true
        }
    }

    /// Says once that only a thread outside the pools can end a wait for a promise: nothing is ready, and nobody runs
    /// anything.
    ///
    /// Called without the baton.
    private func tellIfStuck(_ awaited: Awaitable, _ patience: inout Patience) {
        guard patience.isOver, !awaited.hasEnded, monitor.withLock({ ready.isEmpty && holder == nil }) else { return }
        patience.isTold = true
        Notice.write(
            "serial mode: \(awaited.job.path), made at \(Recorder.knownSite(awaited.job.site)), is waited for and no task is "
                + "ready: only a thread outside the pools can complete it")
    }

    // MARK: - Waiting without a thread

    /// Runs steps until `isEnough`, on the calling thread while there are any, and otherwise lets that thread go: what
    /// is missing may need it.
    ///
    /// - Parameter awaited: What is waited for, if it is one thing.
    func drive(
        for awaited: Awaitable?, until isEnough: () -> Bool, isolation: isolated (any Actor)? = #isolation
    ) async {
        monitor.withLock { driving += 1 }
        while !isEnough() {
            if runReady(for: awaited, until: isEnough) { continue }
            await withUnsafeContinuation { driver in
                let mayGoOn = monitor.withLock {
                    if isEnough() || holder == nil && !ready.isEmpty { return true }
                    drivers.append(driver)
                    return false
                }
                if mayGoOn { driver.resume() }
            }
        }
        monitor.withLock { driving -= 1 }
    }

    /// Lets those who drive look again.
    func tell() {
        let drivers = monitor.withLock { takeDrivers() }
        for driver in drivers { driver.resume() }
    }

    /// Runs steps; false if there was none to run, or another thread runs them.
    private func runReady(for awaited: Awaitable?, until isEnough: () -> Bool) -> Bool {
        guard take(orLeave: true) else { return false }
        defer { give() }
        var hasRun = false
        while !isEnough() {
            guard awaited.map(runAwaited) == true || step() else { break }
            hasRun = true
        }
        return hasRun
    }

    /// Inside the monitor.
    private func takeDrivers() -> [UnsafeContinuation<Void, Never>] {
        defer { drivers = [] }
        return drivers
    }

    /// One step, if nobody else is running any.
    func runOne() {
        guard take(orLeave: true) else { return }
        if !step() { _ = letTimePass(while: { true }) }
        give()
    }

    /// At exit: everything that is ready, unless some thread is in the middle of it.
    func runRest() {
        guard TaskContext.currentInPool == nil, take(orLeave: true) else { return }
        while step() {}
        give()
        if let missed = monitor.withLock({ ready.missedTarget }) {
            Notice.write("no task \(missed) was submitted in this run, so nothing was run alone")
        }
    }

    /// With a task chosen by `--only` that has not been submitted yet, and nothing on the way to it ready, only what is
    /// awaited runs.
    private func runAwaited(_ awaited: Awaitable) -> Bool {
        guard monitor.withLock({ ready.waitsForTarget && !ready.hasChosen }) else { return false }
        return awaited.runInSerial()
    }

    /// A task was run by one that waits for it.
    func didRun(_ task: UInt64) {
        monitor.withLock {
            ready.didRunWithoutStep(task)
            ready.didRun(task)
        }
    }

    func isOver(for job: Job) -> Bool { monitor.withLock { ready.isOver(for: job) } }

    func isChosen(_ task: UInt64) -> Bool { monitor.withLock { ready.isChosen(task) } }

    // MARK: - The baton itself

    func take() { _ = take(orLeave: false) }

    private func take(orLeave: Bool) -> Bool {
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        return monitor.withLock {
            if holder != own {
                if holder != nil {
                    if orLeave { return false }
                    markMeeting()
                }
                while holder != nil { monitor.wait() }
                holder = own
            }
            depth += 1
            progress &+= 1
            return true
        }
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
                    while holder != nil { monitor.wait() }
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

    /// Runs `body`, which parks until another thread does something, while a thread of our own runs what is ready.
    func parking<Result>(_ body: () throws -> Result) rethrows -> Result {
        startTakeoverThread()
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        let (isTakeover, isLast) = monitor.withLock {
            parked += 1
            monitor.notifyAll()
            // A task parks the thread of our own that runs it: another stands in.
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

    /// A thread beside the tasks has started.
    func threadStarts(_ job: Job) {
        monitor.withLock {
            ready.didSubmit(job.task)
            note(.threadsRunBesideTasks)
        }
    }

    private func waitForProgress(atMost limit: Duration?, unless hasEnded: () -> Bool = { false }) {
        monitor.withLock {
            if ready.isEmpty && !hasEnded() { monitor.wait(atMost: limit) }
        }
    }

    /// Inside the monitor.
    private func markMeeting() {
        if !isTakenOver { note(.twoThreadsSubmit) }
    }

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

    // MARK: - Steps

    /// Runs the task that the strategy picks; false if none is ready.
    ///
    /// The caller holds the baton.
    func step() -> Bool { if case .nothing = stepOrTurn() { false } else { true } }

    private enum Outcome {
        case nothing, step
        /// It is the turn of the thread that has waited.
        case turn(TaskPart)
    }

    private func stepOrTurn() -> Outcome {
        func take() -> (ReadyJobs.Next, Divergence?)? {
            monitor.withLock {
                progress &+= 1
                if ready.isEmpty { readyOverdue() }
                while let next = ready.next() {
                    let divergence = following?.takeDivergence()
                    if !swift.holdsBack(next), !holdsBack(next) { return (next, divergence) }
                }
                return nil
            }
        }
        while let (next, divergence) = take() {
            if let divergence { tell(divergence) }
            if case .thread = next.work { return .turn(next.part) }
            let isStale = next.decision == .run && next.isStale
            run(next)
            // Run or cancelled by somebody who waited for it: only its ticket was left, to be counted.
            readyWaiting()
            readyPolling()
            if !isStale { return .step }
        }
        return .nothing
    }

    /// Says where the run left the schedule that it follows.
    private func tell(_ divergence: Divergence) {
        guard let sentence = following?.sentence(on: divergence) else { return }
        if isStrict { Following.refuse(sentence) }
        Notice.write("replay: \(sentence)")
    }

    private func run(_ next: ReadyJobs.Next) {
        switch next.work {
        case .thread: return
        case .strand(let strand):
            record(next)
            lend(to: strand)
        case .job(let job, let core):
            if next.decision == .cancel || job.isStale {
                let worker = worker(of: core)
                worker.lastStamp = 0
                if next.decision == .cancel { core.cancel(job, on: worker) } else { core.run(job, on: worker) }
                return
            }
            record(next)
            if interleaves, job.kind != .segment, begin(job, of: core) { return }
            let worker = worker(of: core)
            worker.lastStamp = 0
            core.run(job, on: worker)
            monitor.withLock {
                takeBack()
                // An async task says itself when it has ended.
                if job.kind != .segment { ready.didRun(next.part.task) }
            }
        }
    }

    private func record(_ next: ReadyJobs.Next) {
        monitor.withLock { ready.steps += 1 }
        guard pooltrace_is_recording() else { return }
        pooltrace_record_step(
            pooltrace_clock_now(), next.part.task, UInt32(clamping: next.ready), next.arrival, next.part.segment + 1)
    }

    /// Whether a task that nobody has started may run now, on top of the strand whose task waits for it; then that is a
    /// step, too.
    func mayRunOnTop(_ task: UInt64) -> Bool {
        let part = TaskPart(task: task)
        let arrival = monitor.withLock { () -> UInt64? in
            guard following?.strategy.goesOn(part) ?? true else { return nil }
            defer { ready.steps += 1 }
            return Schedule.Step.front(after: ready.steps)
        }
        guard let arrival else { return false }
        if pooltrace_is_recording() { pooltrace_record_step(pooltrace_clock_now(), task, 1, arrival, 1) }
        return true
    }

    // MARK: - Takeover

    func startTakeoverThread() {
        let isFirst = monitor.withLock {
            defer { hasTakeoverThread = true }
            return !hasTakeoverThread
        }
        guard isFirst else { return }
        addTakeoverThread()
        watchForBlocking()
    }

    func addTakeoverThread() {
        monitor.withLock { idleTakeovers += 1 }
        BackgroundThread.start(name: "serial") { [self] in
            OtherThreads.addOwn()
            while true { takeOverOnce() }
        }
    }

    private func takeOverOnce() {
        var isUsual = false
        let isNeeded = monitor.withLock {
            while ready.isEmpty && swift.nextDelay == nil || swift.isMainIdle { monitor.wait() }
            let seen = progress
            let mayBeUsual = hasSegments && driving == 0 && !SwiftTasks.isMainAsync
            let deadline = ContinuousClock.now.advanced(by: Self.takeoverDelay)
            while progress == seen, parked == 0 || holder != nil, !isUsual, ContinuousClock.now < deadline {
                let rest = ContinuousClock.now.duration(to: deadline)
                monitor.wait(atMost: mayBeUsual ? min(rest, Self.segmentDelay) : rest)
                // Main may be about to submit more.
                isUsual = mayBeUsual && progress == seen && OtherThreads.isMainAsleep
            }
            return (progress == seen || parked > 0) && holder == nil && (!ready.isEmpty || swift.nextDelay != nil)
                && !swift.isMainIdle
        }
        guard isNeeded, take(orLeave: true) else { return }
        monitor.withLock {
            isTakenOver = true
            idleTakeovers -= 1
            hasSegments = false
            guard parked == 0 else { return note(.threadWaitsForTasks) }
            if isUsual { return }
            note(.takeover(after: Self.takeoverDelay))
        }
        while step() || letTimePass(while: { true }) {}
        monitor.withLock {
            isTakenOver = false
            idleTakeovers += 1
        }
        give()
    }
}
