import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

// A task on a strand may stop in the middle: two of them that wait interleave. See `Strand` for the protocol.
//
// A point of a strand is a place in its task where others may go on: each has a number, whether there was anything to
// choose or not, so that a schedule means the same places in every order.
extension Baton {
    /// The strands of a run that are in the middle, besides those that are ready; guarded by the monitor.
    struct Strands {
        /// How many threads there are besides the one that drives, and what was the first to run on one.
        var threads = 0
        var firstBeside: String?
        /// How many points each task has come to.
        var points: [UInt64: UInt32] = [:]
        /// By a record of waits: how many each task has ended.
        var waits: [UInt64: UInt32] = [:]
        /// How often a task has looked again and again whether it is cancelled.
        var polls = 0
        /// Whether it has been said that one was left.
        var haveBeenOutside = false
        /// Those that were left outside.
        var outside: [Strand] = []
        /// Whether the process exits, and waits for no thread that is a daemon.
        var isOver = false
        /// Those that wait for something which a step brings about.
        var polling: [(isEnough: () -> Bool, strand: Strand)] = []
        /// Those that wait for a signal.
        var waiting: [Strand] = []

        /// The limits of waits, the first to end first.
        var limits: [Limit] = []
        /// What they go by.
        var time: RunTime
        /// Whether there was one.
        var hasHadLimits = false
        /// How many threads let it pass.
        var passing = 0

        init(_ time: RunTime) { self.time = time }

        /// Whether somebody has to let it pass, who does not run steps already.
        var mayPass: Bool { passing == 0 && limits.contains { !$0.isDriver } }

        mutating func takePolling() -> [(isEnough: () -> Bool, strand: Strand)] {
            defer { polling = [] }
            return polling
        }

        /// The next part of an async task that is ready: its first is 0, as that of any task.
        mutating func nextSegment(of task: UInt64) -> UInt32 {
            guard points[task] != nil else {
                points[task] = 0
                return 0
            }
            return nextPart(of: task).segment
        }

        /// The part of an async task that comes when it has slept.
        func part(afterSleepOf task: UInt64) -> TaskPart {
            points[task].map { TaskPart(task: task, segment: $0 + 1) } ?? .rest(of: task)
        }

        /// The next part of a task that is in the middle.
        mutating func nextPart(of task: UInt64) -> TaskPart {
            points[task, default: 0] += 1
            return TaskPart(task: task, segment: points[task, default: 0])
        }

        /// The part of a task that begins where it has ended one more wait.
        mutating func nextPart(afterWaitOf task: UInt64) -> TaskPart {
            waits[task, default: 0] += 1
            return TaskPart(task: task, segment: waits[task, default: 0])
        }
    }

    /// The calling strand has the baton now.
    ///
    /// Inside the monitor.
    func isLent(to thread: ThreadState) { holder = UnsafeRawPointer(Unmanaged.passUnretained(thread).toOpaque()) }

    // MARK: - The driver's side

    /// Runs a job from its start until it ends or stops; false if there is no thread for it.
    func begin(_ job: Job, of core: PoolCore) -> Bool {
        guard let strand = idleStrands.popLast() ?? makeStrand(for: job) else { return false }
        guard let worker = takeWorker(of: core) else {
            idleStrands.append(strand)
            return false
        }
        worker.lastStamp = 0
        lend(to: strand, Strand.Run(job: job, core: core, worker: worker))
        return true
    }

    private func makeStrand(for job: Job) -> Strand? {
        guard let strand = Strand(of: self) else { return nil }
        let waiting = Self.waiting
        monitor.withLock {
            strands.threads += 1
            if strands.firstBeside == nil {
                strands.firstBeside = "\((job.shown ?? job).path) ran while \(waiting) waited"
            }
        }
        return strand
    }

    /// What waits on the calling thread.
    private static var waiting: String { TaskContext.currentInPool.map { "\($0.pointee.job.path)" } ?? "main" }

    /// A task may not have a thread of its own.
    func refuseThread(for job: Job) -> Never {
        Notice.write("serial mode: \(Sentences.needsThread("\((job.shown ?? job).path)", waiting: Self.waiting))")
        tellOfStuck()
        end()
    }

    /// At exit: how the run differs from what its strategy says: how many threads ran tasks, and whose time it had.
    func noteThreads() {
        if monitor.withLock({ strands.hasHadLimits && strands.time.isReal }) { RunMark.realTime.record() }
        guard !interleaves, !followsWaits else { return }
        let (count, first) = monitor.withLock { (strands.threads + 1, strands.firstBeside) }
        if count > 1 { RunMark.threads(count, first: first).record() }
    }

    /// Changes how many tasks of a pool run at a time.
    func resize(_ core: PoolCore, to count: Int) throws {
        guard count <= core.workerCapacity else {
            throw PoolError.tooManyWorkers(pool: core.name, most: core.workerCapacity)
        }
        monitor.withLock {
            core.workerCount = count
            readdAside(of: core)
        }
    }

    /// A task of a pool has ended, or waits.
    ///
    /// Inside the monitor.
    func freesWorker(of core: PoolCore) {
        core.serial.busy -= 1
        readdAside(of: core)
    }

    private func readdAside(of core: PoolCore) {
        guard !core.serial.aside.isEmpty else { return }
        for next in core.serial.aside { ready.addAgain(next) }
        core.serial.aside = []
    }

    /// A task of a pool waits no more.
    ///
    /// Inside the monitor.
    private func takesWorker(_ strand: Strand) {
        if let core = strand.substituted { core.serial.busy += 1 }
    }

    /// Lends the baton to a strand until it has come to its next point, or its task has ended.
    func lend(to strand: Strand, _ start: Strand.Run? = nil) {
        guard let run = start ?? strand.run else { return }
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        strand.goOn(with: start)
        let hasEnded = monitor.withLock {
            holder = own
            let hasEnded = !strand.isOutside && strand.run == nil
            if hasEnded {
                // An async task says itself when it has ended.
                if run.job.kind != .segment {
                    ready.didRun(run.job.readyTask)
                    expectsNoMore(of: run.job.readyTask)
                    freesWorker(of: run.core)
                }
            }
            return hasEnded
        }
        guard hasEnded, !strand.isThread else { return }
        run.core.serial.giveBack(run.worker)
        idleStrands.append(strand)
    }

    /// Goes on without a strand that blocks on something outside the engine; false if it no longer blocks.
    ///
    /// It keeps its worker, as in a parallel run. An execution of `SerialExecutions` never leaves a strand: its program
    /// has no foreign lock to block on, and the load of the machine must not change the order.
    func leave(_ strand: Strand) -> Bool {
        guard whenDeadlocked == nil else { return false }
        let isLeft = monitor.withLock {
            guard strand.isLeft() else { return false }
            strands.outside.append(strand)
            return true
        }
        if isLeft { ForeignLocks.leave(strand.thread) }
        return isLeft
    }

    /// A step comes while a strand is outside.
    ///
    /// Inside the monitor.
    func noteOutside() {
        for strand in strands.outside where !strand.isNoted {
            strand.isNoted = true
            hasMet = true
            RunMark.spilled.record(task: strand.task)
            guard !strands.haveBeenOutside else { continue }
            strands.haveBeenOutside = true
            Notice.write("serial mode: \(Sentences.othersContinue(beside: strand.overdueText))")
        }
    }

    /// A worker for a task: none is used by two tasks that are in the middle.
    func takeWorker(of core: PoolCore) -> Worker? {
        if let worker = core.serial.takeIdle() { return worker }
        guard core.serial.hasFirst else {
            core.serial.hasFirst = true
            return core.worker(at: 0)
        }
        guard let worker = core.addWorker() else { return nil }
        pooltrace_record_worker_start(
            pooltrace_clock_now(), core.number, worker.id, worker.number, pooltrace_own_thread_id())
        core.initialize(worker)
        return worker
    }

    /// After a step: those go on whose wait it has ended.
    func readyPolling() {
        guard hasStrands else { return }
        for (isEnough, strand) in monitor.withLock({ strands.takePolling() }) {
            let hasEnded = isEnough()
            monitor.withLock {
                guard hasEnded else { return strands.polling.append((isEnough, strand)) }
                takesWorker(strand)
                canGoOn(strand)
            }
        }
    }

    // MARK: - Threads of the program

    /// Makes a strand of the calling thread, which is to run a task; its beginning is for the strategy to decide.
    func threadStarts(_ run: Strand.Run, isDaemon: Bool) -> Strand {
        if hasOneThread { refuseThread(for: run.job) }
        let strand = Strand(of: self, thread: run, isDaemon: isDaemon)
        monitor.withLock {
            strands.threads += 1
            progress &+= 1
            ready.didSubmit(run.job.task)
            run.core.serial.busy += 1
            isReady(strand, TaskPart(task: run.job.task), isFront: false)
        }
        startTakeoverThread()
        return strand
    }

    /// The same without strands: it runs beside the tasks.
    func threadRunsBeside(_ job: Job) {
        monitor.withLock {
            ready.didSubmit(job.task)
            note(.threadsRunBesideTasks)
        }
    }

    // MARK: - The strands' side

    /// A point at which the calling strand may go on: whether it has to give the baton back first, since others may
    /// too.
    ///
    /// - Parameter isPoll: Whether the strand may be about to wait for others by asking again and again.
    func offer(_ strand: Strand, isPoll: Bool) -> Bool {
        monitor.withLock {
            progress &+= 1
            let part = strands.nextPart(of: strand.task)
            let isAlone = ready.isEmpty
            if isPoll { ready.didPoll() }
            guard interleaves else { return !isAlone && letsOthers(strand, part, isPoll: isPoll) }
            if following?.strategy.passes(part, isAlone: isAlone) ?? isAlone { return false }
            isReady(strand, part, isFront: !isPoll)
            return true
        }
    }

    /// Inside the monitor.
    private func isReady(_ strand: Strand, _ part: TaskPart, isFront: Bool) {
        ready.add(strand, part, isFront: isFront)
        // The driver may just have left it, and found nothing else.
        if holder == nil { monitor.notifyAll() }
    }

    /// Where points are no decisions: whether the others come first, because the strand polls, or has come to so many
    /// points that it may do nothing else.
    ///
    /// Inside the monitor.
    private func letsOthers(_ strand: Strand, _ part: TaskPart, isPoll: Bool) -> Bool {
        guard isPoll || part.segment % Self.mostPoints == 0 else { return false }
        isReady(strand, followsWaits ? .rest(of: part.task) : part, isFront: false)
        return true
    }

    /// By a record of waits: the calling strand's task has ended one; whether it has to give the baton back first.
    ///
    /// Until its turn it needs no worker, as while it waited.
    func endsWait(_ strand: Strand) -> Bool {
        let (part, arrival) = monitor.withLock { () -> (TaskPart, UInt64?) in
            progress &+= 1
            let part = strands.nextPart(afterWaitOf: strand.task)
            guard following?.strategy.goesOn(part) ?? true else {
                if let core = strand.substituted { freesWorker(of: core) }
                isReady(strand, part, isFront: true)
                return (part, nil)
            }
            defer { ready.steps += 1 }
            return (part, Schedule.Step.front(after: ready.steps))
        }
        guard let arrival else { return true }
        record(part, ready: 1, arrival: arrival)
        return false
    }

    /// By a record of waits: a task may end after fewer than in the recorded run.
    ///
    /// Inside the monitor.
    func expectsNoMore(of task: UInt64) { if followsWaits { following?.strategy.didEnd(task) } }

    /// The calling strand's turn has come.
    func goesOnAfterWait(_ strand: Strand) { monitor.withLock { takesWorker(strand) } }

    private static let mostPoints: UInt32 = 1000

    /// Somebody has signalled a parker.
    func signalled(_ parker: Parker) {
        let drivers = monitor.withLock { () -> [UnsafeContinuation<Void, Never>] in
            // Not if it has seen the signal, and waits for the next thing by now.
            if parker.isSignalled, let strand = parker.strand { resume(strand) }
            guard holder == nil else { return [] }
            // A thread outside the pools may wait for it.
            monitor.notifyAll()
            return ready.isEmpty ? [] : takeDrivers()
        }
        for driver in drivers { driver.resume() }
    }

    /// A strand waits no more, for a signal or for the end of its limit.
    ///
    /// Inside the monitor.
    func resume(_ strand: Strand, _ part: TaskPart? = nil) {
        takesWorker(strand)
        strand.stopsWaiting()
        strands.waiting.removeAll { $0 === strand }
        let limited = removeLimit { $0.isOf(strand) }
        canGoOn(strand, part ?? limited)
    }

    /// The wait of a strand ends at a time.
    ///
    /// By a record of waits a wait for a task is the next; of others there is no record.
    ///
    /// Inside the monitor.
    func limits(_ strand: Strand, until end: ContinuousClock.Instant) {
        let part =
            if !followsWaits {
                strands.nextPart(of: strand.task)
            } else if strand.mayGiveUp {
                TaskPart.rest(of: strand.task)
            } else {
                TaskPart(task: strand.task, segment: strands.waits[strand.task, default: 0] + 1)
            }
        addLimit(.strand(strand), part, until: end)
    }

    /// What a strand has stopped for is over, or it was left and has come to a point.
    ///
    /// By a record of waits, which has no place for that, it goes on at once: where it has ended a wait, it then asks
    /// for its turn.
    ///
    /// - Parameter part: What its task does now, if that has a number.
    func canGoOn(_ strand: Strand, _ part: TaskPart? = nil) {
        let part = followsWaits ? .rest(of: strand.task) : part ?? strands.nextPart(of: strand.task)
        isReady(strand, part, isFront: followsWaits)
    }
}
