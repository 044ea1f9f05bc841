import CPoolRecorder
import CRealCalls
import PoolModel

/// A thread of a serial run whose tasks may stop in the middle.
///
/// While one of them waits, it keeps the task's stack, and others run meanwhile. A `TracedThread` is a strand itself.
///
/// One thread runs at a time. The thread that holds the baton (main, for example) is the driver: it asks the strategy,
/// lends the baton to the strand that is to go on, and waits until it has it back, when the strand's task has ended,
/// stopped, or come to a point where others may go on.
///
/// - `go` and `back` are words of their own, each given by one side and taken by the other: the strand writes nothing
///   after `back.give()`, and the driver nothing after `go.give()`, until they have it again.
/// - A task that blocks on a foreign lock, which a stopped task may hold, or for long on anything, is left outside
///   (see `BlockingLooks`): the driver goes on without it. It rejoins at its next point, or its end, and waits until
///   it is lent the baton; up to there it runs beside the others, and the run is marked. It gives `back` inside the
///   monitor, where it sees whether it was left.
/// - What a strand waits for is guarded by the baton's monitor. Who signals a parker looks, under the monitor, whether
///   a strand waits for it, and makes that one ready: in the order of the signals, not of the kernel's wake-ups.
final class Strand: @unchecked Sendable {
    /// A word that one thread gives and another takes.
    private final class Turn: @unchecked Sendable {
        private let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)

        init() { word.initialize(to: 0) }

        deinit { word.deallocate() }

        func give() {
            _ = pooltrace_word_exchange(word, 1)
            pooltrace_futex_wake(word, 1)
        }

        func take() { _ = take(within: nil) }

        /// False if it was not given in time.
        func take(within limit: Duration?) -> Bool {
            let deadline = limit.map { KernelTime.now.advanced(by: $0) }
            while pooltrace_word_exchange(word, 0) == 0 {
                let left = deadline.map { KernelTime.now.duration(to: $0).nanoseconds } ?? -1
                if deadline != nil, left <= 0 { return false }
                pooltrace_futex_wait(word, 0, left)
            }
            return true
        }

        var isGiven: Bool { pooltrace_word_load(word) != 0 }
    }

    /// What it runs, from its start to its end.
    struct Run {
        let job: Job
        let core: PoolCore
        let worker: Worker
    }

    private let go = Turn()
    private let back = Turn()
    /// Of the execution that it takes part in.
    unowned var baton: Baton
    /// Whether it is a thread of the program's, which runs one task.
    let isThread: Bool
    /// Whether the process does not wait for it when it exits.
    let isDaemon: Bool
    /// Set by the driver before it lends the baton; nil when the task has ended.
    private(set) var run: Run?
    /// The task that waits, on top of the others on this stack: the driver knows the strand by it.
    private(set) var task: UInt64 = 0

    // Guarded by the baton's monitor.
    private var parker: Parker?
    /// Whether it waits for a condition, and for no end of a task.
    private(set) var mayGiveUp = false
    /// Whether the pool has no other worker for this one meanwhile: it does not know of the wait.
    private var keepsWorker = false
    private(set) var isOutside = false
    /// Whether the trace says that it is.
    var isNoted = false
    /// What is said of it if it is left.
    var overdueText: String?
    /// Whether it waits for a thread that is sure to come: then it is not left.
    private var isPatient = false
    /// Whether it has taken the turn that it was given last: before that nothing can be wrong with it.
    private var hasBegun = false
    /// Its thread ID.
    private(set) var thread: UInt32 = 0

    /// How long a driver waits before it looks what a strand is in.
    static let look = Duration.milliseconds(10)

    /// Makes a strand and starts its thread; nil if the system gives none.
    init?(of baton: Baton) {
        self.baton = baton
        (isThread, isDaemon) = (false, false)
        let isStarted = BackgroundThread.start(name: "strand") { [self] in
            OtherThreads.addOwn()
            ThreadState.current.strand = self
            self.baton.monitor.withLock { thread = ThreadState.current.thread }
            while true {
                takeTurn()
                if let run { runJob(run) }
                rejoin()
                ForeignLocks.leave(thread)
                end()
            }
        }
        if !isStarted { return nil }
    }

    /// Makes a strand of the calling thread, which is to run this.
    init(of baton: Baton, thread run: Run, isDaemon: Bool) {
        (self.baton, self.run) = (baton, run)
        (isThread, self.isDaemon) = (true, isDaemon)
        OtherThreads.addOwn()
        thread = pooltrace_own_thread_id()
        ThreadState.current.strand = self
    }

    private func runJob(_ run: Run) {
        RaceDetection.run(run.job.readyTask, of: run.core, on: run.worker) { run.core.run(run.job, on: run.worker) }
    }

    /// Whether it is in the middle of a task, as the calling strand sees it.
    var isRunning: Bool { run != nil }

    /// The strand that the calling thread is.
    static var current: Strand? { ThreadState.current.strand }

    // MARK: - The driver's side

    /// Lends the baton until the strand gives it back.
    ///
    /// - Parameter run: What it runs, if it is not in the middle of something.
    func goOn(with run: Run?) {
        if let run { (self.run, task) = (run, run.job.readyTask) }
        hasBegun = false
        go.give()
        var looks = BlockingLooks(every: Self.look, searches: baton.interleaves)
        while !back.take(within: Self.look) {
            // What waits in a fault is the end of the process.
            if pooltrace_fault_is_there() { continue }
            ForeignLocks.aside { baton.look(at: self, &looks) }
            if looks.mayNeedOthers {
                if baton.leave(self) { return }
                looks.startAgain()
            }
        }
    }

    /// Leaves it outside; false if it has just given the baton back, or has not come to take it: left then, it would
    /// take it from another thread.
    ///
    /// Inside the monitor.
    func isLeft() -> Bool {
        guard hasBegun, !back.isGiven, !isPatient else { return false }
        isOutside = true
        return true
    }

    // MARK: - The strand's side

    /// Stops until a driver lends the baton to this strand.
    private func takeTurn() {
        go.take()
        // Of another execution by now, maybe.
        baton.monitor.withLock {
            hasBegun = true
            baton.isLent(to: ThreadState.current)
        }
        ForeignLocks.enter()
    }

    /// Waits until the driver has the calling thread begin.
    func waitToBegin() { takeTurn() }

    /// Called by a thread of the program before it reports its end: waits for the thread's turn and keeps it.
    ///
    /// A thread that joins this one, once its end is reported, waits until the system has ended the thread as well.
    func comesToEnd() {
        while true {
            rejoin()
            let isHere = baton.monitor.withLock {
                if !isOutside { isPatient = true }
                return !isOutside
            }
            if isHere { return }
        }
    }

    /// The calling thread, which is the program's, has ended its task, and gets on without the baton.
    ///
    /// After `comesToEnd`.
    func threadEnds() {
        ThreadState.current.strand = nil
        ForeignLocks.end()
        OtherThreads.removeOwn()
        end()
    }

    /// Gives the baton back after a task.
    ///
    /// The driver may just have left it, which it sees under the monitor: then it has to wait for its turn to end.
    private func end() {
        while true {
            let hasEnded = baton.monitor.withLock {
                if isOutside {
                    comesBack()
                    baton.canGoOn(self)
                    return false
                }
                run = nil
                back.give()
                return true
            }
            if hasEnded { return }
            takeTurn()
        }
    }

    private func giveBack() {
        baton.monitor.withLock {
            if isOutside { comesBack() } else { back.give() }
        }
        takeTurn()
    }

    /// Runs `body`, which waits for a thread that is about to begin or to end, and that needs no turn for that.
    func waitingPatiently(_ body: () -> Void) {
        baton.monitor.withLock { isPatient = true }
        body()
        baton.monitor.withLock { isPatient = false }
    }

    /// Inside the monitor.
    private func comesBack() {
        (isOutside, isNoted, overdueText) = (false, false, nil)
        baton.strands.outside.removeAll { $0 === self }
    }

    /// At each point, first: waits for the baton, if the driver went on without this strand.
    func rejoin() {
        let isLate = baton.monitor.withLock {
            // While it is outside, others ask for it.
            task = TaskContext.current?.pointee.job.task ?? run?.job.task ?? 0
            guard isOutside else { return false }
            comesBack()
            baton.canGoOn(self)
            return true
        }
        guard isLate else { return }
        takeTurn()
    }

    /// A decision point: what else is ready may run before the calling task goes on.
    ///
    /// - Parameter isPoll: Whether the task may be about to wait for others by asking again and again.
    func pass(isPoll: Bool = false) {
        rejoin()
        if baton.offer(self, isPoll: isPoll) { giveBack() }
    }

    /// Waits until `awaited` has ended; false if `deadline` came first.
    ///
    /// A task that nobody has started, and that is waited for without end, may run on top of this one, which cannot go
    /// on before: the strategy has had its say just before.
    func wait(
        for awaited: Awaitable, in context: UnsafeMutablePointer<TaskContext>, until deadline: ContinuousClock.Instant?
    ) throws -> Bool {
        pass()
        defer { if baton.followsWaits { waitForTurn() } else { pass() } }
        if awaited.hasEnded { return true }
        if deadline == nil, mayRunOnTop(awaited), awaited.runHere(in: context) { return true }
        return try WaitGraph.waiting(context, for: .end(of: awaited)) {
            WaitingRoom.park(for: awaited, until: deadline)
        }
    }

    /// By a record of waits: the task has ended one, and goes on when it is its turn.
    private func waitForTurn() {
        rejoin()
        guard baton.endsWait(self) else { return }
        giveBack()
        baton.goesOnAfterWait(self)
    }

    /// Whether what is waited for may run on top of this strand, as far as nobody has started it.
    ///
    /// Where each point, or each wait, is a decision, only one task that the strategy has nothing against.
    private func mayRunOnTop(_ awaited: Awaitable) -> Bool {
        guard awaited.isCertain, awaited.mayRunHere else { return false }
        guard baton.interleaves || baton.followsWaits else { return true }
        return awaited.isOneTask && !awaited.hasStarted && baton.mayRunOnTop(awaited.job.task)
    }

    /// Stops until somebody signals `parker`; false if `deadline` came first.
    ///
    /// - Parameters:
    ///   - mayGiveUp: Whether it waits for no end of a task.
    ///   - isForeign: Whether it waits for what is not PoolTrace's.
    func wait(
        for parker: Parker, until deadline: ContinuousClock.Instant?, mayGiveUp: Bool = false, isForeign: Bool = false
    ) -> Bool {
        rejoin()
        let mustWait = baton.monitor.withLock {
            guard !parker.isSignalled else { return false }
            self.parker = parker
            self.mayGiveUp = mayGiveUp
            keepsWorker = isForeign
            parker.strand = self
            baton.strands.waiting.append(self)
            if let deadline { baton.limits(self, until: deadline) }
            waits()
            return true
        }
        guard mustWait else { return true }
        giveBack()
        return parker.isSignalled
    }

    /// Stops until `isEnough`, which is looked at after each step.
    func wait(until isEnough: @escaping () -> Bool) {
        pass()
        while !isEnough() {
            rejoin()
            baton.monitor.withLock {
                baton.strands.polling.append((isEnough, self))
                waits()
            }
            giveBack()
        }
    }

    /// Inside the monitor.
    private func waits() {
        if let core = substituted { baton.freesWorker(of: core) }
    }

    /// The pool that has another worker while it waits.
    ///
    /// Inside the monitor.
    var substituted: PoolCore? { run.flatMap { $0.job.kind == .segment || keepsWorker ? nil : $0.core } }

    /// It waits no more.
    ///
    /// Inside the monitor.
    func stopsWaiting() {
        parker?.strand = nil
        parker = nil
        keepsWorker = false
    }
}
