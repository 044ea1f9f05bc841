import CPoolRecorder
import PoolModel
import PoolRecorder
package import PoolSchedule
import Synchronization

// THE file that knows the mode: parallel, where workers pick what runs next, or serial, where the holder of the baton
// asks a strategy. Everything else (queue, identity, recording, failures) is the same for both; `tools/check/layers`
// keeps it that way.

private nonisolated(unsafe) var baton: Baton? = {
    let settings = Settings.current
    switch settings.mode {
    case .serial(let strategy): return Baton(strategy, settings)
    case .parallel: return settings.replay == nil ? nil : Baton(.fifo, settings)
    }
}()

extension PoolCore {
    /// How many tasks of a pool run at a time: in serial mode the thread that holds the baton stands for all workers,
    /// unless tasks stop in the middle.
    static func effectiveWorkers(_ requested: Int) -> Int { baton?.hasStrands ?? true ? requested : 1 }

    /// Starts the workers.
    func startWorkers() throws {
        if baton != nil {
            guard let worker = addWorker() else { return }
            pooltrace_record_worker_start(
                pooltrace_clock_now(), number, worker.id, worker.number, pooltrace_thread_id())
            initialize(worker)
            return
        }
        try idle.withLock { idle in
            for _ in 0..<workerCount {
                guard let worker = addWorker() else { return }
                let status = startThread(of: worker, in: &idle)
                guard status == 0 else { throw PoolError.noThread(pool: name, code: status) }
            }
        }
    }

    /// Changes how many tasks run at a time; where there are no strands, always one.
    func resizeWorkers(to count: Int) throws {
        guard let baton else { return try resize(to: count) }
        if baton.hasStrands { try baton.resize(self, to: count) }
    }

    /// Called after a job was shown.
    @inline(__always)
    func scheduleNext() {
        guard let baton else { return wakeForNewWork() }
        baton.add(from: self)
        // What was submitted may run before the submitter goes on.
        Scheduling.point()
    }

    /// Called after a segment of an async task was shown.
    ///
    /// - Parameter isFirst: Whether the calling thread has just made the task, which may run before it goes on. One
    ///   that resumes a task may hold a lock of the runtime's meanwhile.
    func scheduleSegment(isFirst: Bool) {
        guard let baton else { return wakeForNewWork() }
        baton.add(from: self, isSegment: true)
        if isFirst { Scheduling.point() }
    }

    /// Waits until every job is done with.
    func waitForAll() {
        defer { RaceDetection.acquire(self) }
        if let strand = Scheduling.strand {
            strand.wait(until: { self.isQuiet })
        } else if let baton {
            baton.wait(for: .quiet(self), while: { !self.isQuiet })
        } else {
            Scheduling.blocking { waitUntilQuiet() }
        }
    }

    /// Waits until fewer than `limit` jobs wait.
    func waitForSpace(below limit: Int) {
        guard queued.load(ordering: .relaxed) >= limit else { return }
        if let strand = Scheduling.strand {
            strand.wait(until: { self.queued.load(ordering: .relaxed) < limit })
        } else if let baton {
            baton.wait(while: { self.queued.load(ordering: .relaxed) >= limit })
        } else {
            Scheduling.blocking { parkUntilSpace(below: limit) }
        }
    }

    /// How many elements of a map one job runs.
    ///
    /// In serial mode each is a decision of the strategy.
    func chunkSize(for count: Int, requested: Int?) -> Int {
        if baton != nil { return 1 }
        return max(1, min(count, requested ?? (count + workerCount * 4 - 1) / (workerCount * 4)))
    }
}

// MARK: - Swift's own tasks

extension Scheduling {
    /// Who runs the async tasks of the process, where they are taken over.
    static var route: SwiftTasks.Route {
        if baton != nil { return .serial }
        return Settings.current.runtime == .pool ? .workers : .dispatch
    }

    static func runMain(until isStopped: () -> Bool) { baton?.runMain(until: isStopped) }

    static func sleep(_ job: UnownedJob, for delay: Duration) { baton?.sleep(job, for: delay) }

    /// A task yields, in serial mode: `job`, which makes it ready again, runs when its segment has ended; false if it
    /// is to be queued.
    static func yields(_ job: UnownedJob, at place: SegmentPlace) -> Bool {
        if case .pool = place { return false }
        return baton?.yields(job) ?? false
    }

    /// How soon a task that is ready is to run.
    static func priority(ofSegmentAt place: SegmentPlace) -> ThreadPool.Priority {
        baton?.priorityAfterYield ?? .normal
    }
}

/// Programs that run under the engine of serial mode again and again, in one process that is not serial: for tests of
/// the engine, which try all orders of small ones.
package enum SerialExecutions {
    nonisolated(unsafe) private static var strands: [Strand] = []

    /// Runs a program once; its pools are made and shut down inside.
    ///
    /// The calling thread is the main thread, and nothing else in the process uses pools meanwhile.
    ///
    /// - Parameters:
    ///   - strategy: What decides; the part of each decision is told by paths, which are the same in each execution.
    ///   - whenDeadlocked: Called when nothing can go on. Then every wait for a condition comes to its end, as one
    ///     whose time is over, and the program has to end.
    package static func run(
        by strategy: any Strategy, whenDeadlocked: @escaping () -> Void, _ program: () throws -> Void
    ) rethrows {
        if pooltrace_thread().pointee.root == 0 { ThreadState.makeRoot() }
        // The same paths each time.
        pooltrace_thread().pointee.children = 0
        // Made now, if it is not yet there: the last to be made has the locks of others.
        let own = baton
        let execution = Baton(strategy, strands: strands, whenDeadlocked: whenDeadlocked)
        baton = execution
        defer {
            baton = own
            strands = execution.idleStrands
        }
        try program()
        // Async tasks, for which no pool waits.
        execution.runLeft()
    }
}

enum Scheduling {
    /// The strand that the calling thread is, where tasks of a serial run stop in the middle.
    static var strand: Strand? { baton?.hasStrands == true ? Strand.current : nil }

    /// A place where others may go on, in a serial run.
    static func point() {
        guard let baton, baton.hasStrands else { return }
        RaceDetection.report()
        if let strand = Strand.current { strand.pass() } else { baton.passOutside() }
    }

    /// The task that runs on the calling thread looks whether it is cancelled: in a serial run another one, which may
    /// be the one that it waits for, has to run now and then.
    static func looked() {
        guard let baton, let context = TaskContext.currentInPool else { return }
        if context.countLook() % baton.looksOfPoll == 0 { baton.polls(context) }
    }

    /// The tasks that wait for their turn in a serial run, a line each; nil if there are none.
    static var starving: [String]? { baton?.starving }

    /// Whether another thread stands in for main's, which is in the middle of a task that does not end.
    static var isMainElsewhere: Bool { baton?.isMainElsewhere ?? false }

    /// The time that waits with a limit go by: in a serial run it is not the clock's.
    static var now: ContinuousClock.Instant { baton?.now ?? .now }

    /// Sleeps on the calling thread for so many nanoseconds, where the program's clocks show the time of a serial run;
    /// false if the thread waits for no turn, and has to sleep really.
    static let sleep: @convention(c) (Int64) -> Bool = { nanoseconds in
        guard let baton, baton.hasStrands, Strand.current != nil || ThreadState.isMainThread else { return false }
        RaceDetection.own {
            point()
            _ = park(on: Parker(), until: baton.now.advanced(by: .nanoseconds(nanoseconds)), isForeign: true)
        }
        return true
    }

    /// Called after a parker was signalled.
    static func signalled(_ parker: Parker) {
        if let baton, baton.hasStrands { baton.signalled(parker) }
    }

    /// The baton where the calling thread, which is no strand, waits by running steps itself.
    private static var driver: Baton? { baton?.hasStrands == true ? baton : nil }

    /// Whether the calling thread runs the tasks of all pools, so that a task may run on any of them: it holds the
    /// baton.
    static var poolsShareThread: Bool { baton?.isHeldHere ?? false }

    /// Whether the process is to have one thread, as far as that is PoolTrace's to say: strategy one-thread.
    static var hasOneThread: Bool { baton?.hasOneThread ?? false }

    /// Whether all threads but one wait for their turn: in serial mode.
    static var takesOneTurnAtATime: Bool { baton != nil }

    /// Whether the tasks of process pools run in this process: in serial mode.
    static var isOneProcess: Bool { baton != nil }

    /// Whether a failure is described where it is made, and not by a thread that does so: in serial mode, where that
    /// would be another order.
    static var describesFailuresAtOnce: Bool { baton != nil }

    /// Waits until `awaited` has ended; false if `deadline` came first.
    ///
    /// A task runs what it waits for itself if nobody has started it, and otherwise parks; it never runs anything else
    /// meanwhile, which might want a lock that it holds. A thread outside the pools runs whatever the strategy picks,
    /// in serial mode.
    ///
    /// - Throws: `WaitCycleError`.
    static func wait(for awaited: Awaitable, until deadline: ContinuousClock.Instant? = nil) throws -> Bool {
        guard let baton else {
            guard let context = TaskContext.currentInPool else {
                return awaited.hasEnded || awaited.isWorthASpin && spin(for: awaited)
                    || blocking { WaitingRoom.park(for: awaited, until: deadline) }
            }
            if awaited.hasEnded || awaited.runHere(in: context) { return true }
            return try WaitGraph.waiting(context, for: .end(of: awaited)) {
                blocking { WaitingRoom.park(for: awaited, until: deadline) }
            }
        }
        guard let context = TaskContext.currentInPool else { return baton.wait(for: awaited, until: deadline) }
        return try wait(for: awaited, in: context, of: baton, until: deadline)
    }

    /// Inside a task of a serial run.
    private static func wait(
        for awaited: Awaitable, in context: UnsafeMutablePointer<TaskContext>, of baton: Baton,
        until deadline: ContinuousClock.Instant?
    ) throws -> Bool {
        if let strand { return try strand.wait(for: awaited, in: context, until: deadline) }
        // Not where it could go on before that has ended; and an async task waits like main, so that the strategy
        // decides.
        let mayRunHere =
            !baton.hasStrands || deadline == nil && awaited.isCertain && context.pointee.job.kind != .segment
        if awaited.hasEnded || mayRunHere && awaited.runHere(in: context) { return true }
        return try WaitGraph.waiting(context, for: .end(of: awaited)) {
            baton.hasStrands
                ? baton.wait(for: awaited, until: deadline) : baton.park(for: awaited, until: deadline)
        }
    }

    /// Lets a poll get on: in serial mode it runs one step, or nothing would ever change.
    static func poll(_ awaited: Awaitable) {
        if let strand { return awaited.hasEnded ? strand.pass() : strand.pass(isPoll: true) }
        guard let baton, !awaited.hasEnded else { return }
        if let context = TaskContext.currentInPool { _ = awaited.runHere(in: context) } else { baton.runOne() }
    }

    /// An async task waits: in serial mode one outside the pools runs pool work on its own thread, like any other
    /// caller.
    ///
    /// - Returns: Whether it has ended before the deadline.
    @discardableResult
    static func wait(
        asyncFor awaited: Awaitable, until deadline: ContinuousClock.Instant? = nil,
        isolation: isolated (any Actor)? = #isolation
    ) async -> Bool {
        if let baton, !SwiftTasks.areOurs, TaskContext.currentInPool == nil {
            // The code that completes it by hand needs none of Swift's threads, and a wait without end is reported.
            if deadline != nil || awaited.isCompletedByHand { return baton.wait(for: awaited, until: deadline) }
            WaitingRoom.whenEnded(awaited) { baton.tell() }
            await baton.drive(for: awaited, until: { awaited.hasEnded })
            return true
        }
        if SwiftTasks.areOurs { point() }
        defer { if SwiftTasks.areOurs { point() } }
        guard !awaited.hasEnded else { return true }
        guard let deadline else {
            await withUnsafeContinuation { continuation in
                WaitingRoom.whenEnded(awaited) { continuation.resume() }
            }
            return true
        }
        let alarm = Alarm()
        WaitingRoom.whenEnded(awaited, owner: ObjectIdentifier(alarm)) { alarm.ring() }
        let timer = Task.detached {
            try? await Task.sleep(for: now.duration(to: deadline))
            alarm.ring()
        }
        await alarm.wait()
        timer.cancel()
        WaitingRoom.withdraw(ObjectIdentifier(alarm), from: awaited)
        return awaited.hasEnded
    }

    /// In serial mode, outside the pools: runs pool work until `isEnough`, which the code that causes it reports by
    /// `progressed`.
    static func drive(until isEnough: @Sendable () -> Bool, isolation: isolated (any Actor)? = #isolation) async {
        guard let baton, !SwiftTasks.areOurs, TaskContext.currentInPool == nil else { return }
        await baton.drive(for: nil, until: isEnough)
    }

    /// Tells those who `drive` to look again.
    static func progressed() { baton?.tell() }

    /// Runs `body`, which blocks until `isReady`, for an async task: on a thread of its own, or in serial mode, where
    /// it runs pool work, on this one; if all of Swift's tasks are serial, this one among them, only once it does not
    /// block.
    static func elsewhere<Value: Sendable>(
        name: String, once isReady: @escaping @Sendable () -> Bool, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        if let baton, SwiftTasks.areOurs {
            await baton.wait(until: isReady)
            return try body()
        }
        if baton != nil, TaskContext.currentInPool == nil { return try body() }
        return try await withUnsafeThrowingContinuation { continuation in
            let run: @Sendable () -> Void = { continuation.resume(with: Result(catching: body)) }
            if !BackgroundThread.start(name: name, run) { run() }
        }
    }

    /// With `--only`: whether the chosen task has run and this one is not below it, so that what it waits for ends as
    /// cancelled.
    static func isOver(for context: UnsafeMutablePointer<TaskContext>) -> Bool {
        baton?.isOver(for: context.pointee.job) ?? false
    }

    /// With `--only`: whether a task is the chosen one or above it.
    static func isChosen(_ task: UInt64) -> Bool { baton?.isChosen(task) ?? false }

    /// Called when the process exits: runs what is left in serial mode.
    static func runRest() {
        RaceDetection.own { baton?.runRest() }
        RaceDetection.report()
    }

    /// Called on a `TracedThread` before it runs its task: in serial mode it may have to wait for its turn.
    static func threadStarts(_ run: Strand.Run, isDaemon: Bool) -> Strand? {
        guard let baton else { return nil }
        if baton.hasStrands { return baton.threadStarts(run, isDaemon: isDaemon) }
        baton.threadRunsBeside(run.job)
        return nil
    }

    /// Called after a task was run by a task that waits for it, or by a thread of its own.
    static func didRun(_ task: UInt64) { baton?.didRun(task) }

    /// A short wait, some microseconds, costs less than a system call.
    ///
    /// Not after a submit that woke a worker: that takes as long as a park, and the worker may be given this very
    /// processor.
    private static func spin(for awaited: Awaitable) -> Bool {
        let thread = pooltrace_thread()!
        guard !thread.pointee.has_woken else {
            thread.pointee.has_woken = false
            return false
        }
        for _ in 0..<200 {
            // Seldom enough not to take the cache line from the worker that writes to it.
            for _ in 0..<4 { pooltrace_pause() }
            if awaited.hasEnded { return true }
        }
        return false
    }

    /// Runs `body`, which waits for a thread that is about to begin or to end: no task of a serial run holds that up.
    static func waitingPatiently(_ body: () -> Void) {
        if let strand { strand.waitingPatiently(body) } else if let baton { baton.whileBusy(body) } else { body() }
    }

    /// Parks the thread until another one signals `parker`; false if `deadline` came first.
    ///
    /// Others get on meanwhile: a substitute stands in for a worker, and in serial mode what is ready runs.
    ///
    /// - Parameter isForeign: Whether what it waits for is not PoolTrace's, so that in a parallel run no pool knows.
    static func park(on parker: Parker, until deadline: ContinuousClock.Instant?, isForeign: Bool = false) -> Bool {
        if let strand { return strand.wait(for: parker, until: deadline, mayGiveUp: true, isForeign: isForeign) }
        if let driver { return driver.wait(for: parker, until: deadline, isForeign: isForeign) }
        if let baton { return baton.parking { parker.wait(until: deadline.map(baton.clockTime)) } }
        return blocking { parker.wait(until: deadline) }
    }

    /// Runs `body`, which parks the thread, with a substitute standing in where the thread is a worker: in the middle
    /// of a task, or as it releases a result whose deinit waits.
    static func blocking<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let bits = pooltrace_thread().pointee.worker_core else { return try body() }
        let core = Unmanaged<PoolCore>.fromOpaque(bits).takeUnretainedValue()
        core.blockingBegins()
        defer { core.blockingEnds() }
        return try body()
    }
}

// MARK: - The locks of others

extension Scheduling {
    /// Whether the calling thread takes turns with others, so that it may wait for its own.
    static var takesTurns: Bool {
        guard let baton, baton.hasStrands else { return false }
        return Strand.current != nil || ThreadState.isMainThread || baton.isHeldHere
    }

    /// The calling thread is about to take a lock of the program's.
    static func lockPoint() {
        guard pooltrace_thread().pointee.guards == 0, Strand.current?.isRunning ?? ThreadState.isMainThread else {
            return
        }
        point()
    }

    /// The calling thread is about to wake one that takes turns.
    static func noteWake() { if !takesTurns { baton?.noteOutsider() } }
}
