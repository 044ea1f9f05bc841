import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

/// What a thread that runs steps waits for.
enum Need {
    /// It may go on before any of the tasks that are ready, as far as anybody knows.
    case nothing
    /// The end of this, without a limit.
    case end(of: Awaitable)
    /// That a pool has nothing left to do.
    case quiet(PoolCore)
    /// The thread has nothing else to do.
    case everything

    /// Whether the thread cannot go on before this job has ended.
    func includes(_ job: Job, of core: PoolCore) -> Bool {
        switch self {
        case .nothing: false
        case .end(let awaited): awaited.needs(job)
        case .quiet(let pool): pool === core
        case .everything: true
        }
    }
}

extension Baton {
    // MARK: - Steps

    /// Runs the task that the strategy picks; false if none is ready.
    ///
    /// The caller holds the baton.
    ///
    /// - Parameter need: What the caller waits for.
    func step(for need: Need = .nothing) -> Bool { if case .nothing = stepOrTurn(for: need) { false } else { true } }

    enum StepOutcome {
        case nothing, step
        /// It is the turn of the thread that has waited.
        case turn(ReadyJobs.Next)
    }

    func stepOrTurn(for need: Need = .nothing) -> StepOutcome {
        while let next = take() {
            if let following, let divergence = monitor.withLock({ following.takeDivergence() }) { tell(divergence) }
            switch next.work {
            case .thread: return .turn(next)
            case .strand(let strand):
                record(next)
                lend(to: strand)
            case .job(let job, let core):
                if next.isTicket || next.decision == .cancel {
                    drop(job, of: core, isTicket: next.isTicket)
                } else {
                    record(next)
                    run(job, next.part, of: core, for: need)
                }
            }
            readyWaiting()
            readyPolling()
            if !next.isTicket { return .step }
        }
        return .nothing
    }

    /// What the strategy picks, counted as a step and as a task under way.
    private func take() -> ReadyJobs.Next? {
        monitor.lock()
        defer { monitor.unlock() }
        progress &+= 1
        if !strands.limits.isEmpty {
            let woken = endLimits()
            if !woken.isEmpty {
                monitor.unlock()
                for job in woken { SegmentPlace.anywhere.run(job) }
                monitor.lock()
            }
        }
        while let next = ready.next() {
            if !strands.outside.isEmpty { noteOutside() }
            switch next.work {
            case .thread: break
            case .strand(let strand):
                // At the end of the process, which does not wait for it.
                if strands.isOver, strand.isDaemon { continue }
                if !next.part.isRest { ready.steps += 1 }
            case .job(let job, let core):
                if swift.choosesForMain || job.kind == .segment, swift.holdsBack(next) { continue }
                guard !next.isTicket, next.decision == .run else { break }
                if hasStrands, job.kind != .segment {
                    // As many are under way as there are workers; not counted are those that wait, for which a
                    // substitute stands in.
                    guard core.serial.busy < core.workerCount else {
                        core.serial.aside.append(next)
                        continue
                    }
                    core.serial.busy += 1
                }
                ready.steps += 1
            }
            return next
        }
        return nil
    }

    /// Says where the run left the schedule that it follows.
    private func tell(_ divergence: Divergence) {
        guard let sentence = following?.sentence(on: divergence) else { return }
        if isStrict { Following.refuse(sentence) }
        Notice.write("replay: \(sentence)")
    }

    /// Counts a ticket whose task was run, or cancels a task.
    private func drop(_ job: Job, of core: PoolCore, isTicket: Bool) {
        withWorker(of: core) { isTicket ? core.run(job, on: $0) : core.cancel(job, on: $0) }
    }

    private func run(_ job: Job, _ part: TaskPart, of core: PoolCore, for need: Need) {
        guard hasStrands else { return runWhole(job, part, of: core) }
        if job.kind == .segment {
            // Main's stay on its thread, and another's on this stack as long as nothing is in the middle below.
            let isMains = SegmentPlace(bits: job.index) == .main
            let isHere = isMains || !interleaves && ThreadState.current.level == 0
            if !isHere, hasOneThread { refuseThread(for: job) }
            if isHere || !begin(job, of: core) {
                isMains ? runMains(job, part, of: core) : runWhole(job, part, of: core)
            }
            return
        }
        let isOnTop =
            !interleaves && !followsWaits
            && (need.includes(job, of: core) || hasOneThread && TaskContext.currentInPool == nil)
        if !isOnTop, hasOneThread { refuseThread(for: job) }
        if !isOnTop, begin(job, of: core) { return }
        runOnTop(job, part, of: core)
    }

    /// A job of the main actor, on its thread or on one that stands in for it.
    private func runMains(_ job: Job, _ part: TaskPart, of core: PoolCore) {
        monitor.withLock { swift.isInMain = true }
        runWhole(job, part, of: core)
        monitor.withLock {
            swift.isInMain = false
            if swift.isMainElsewhere { readyHeld() }
        }
    }

    /// Without strands, and for a segment, whatever waits in the middle.
    private func runWhole(_ job: Job, _ part: TaskPart, of core: PoolCore) {
        withWorker(of: core) { worker in
            let thread = ThreadState.current
            let level = thread.entersTask()
            RaceDetection.run(job.readyTask, of: core, on: worker) { core.run(job, on: worker) }
            thread.leavesTask()
            monitor.withLock {
                takeBack(at: level)
                // An async task says itself when it has ended.
                if job.kind != .segment { ready.didRun(part.task) }
            }
        }
    }

    /// Runs `body` with a worker that no task in the middle has, where tasks may stop there.
    private func withWorker(of core: PoolCore, _ body: (Worker) -> Void) {
        let own = hasStrands ? takeWorker(of: core) : nil
        let worker = own ?? core.worker(at: 0)
        worker.lastStamp = 0
        body(worker)
        if let own { core.serial.giveBack(own) }
    }

    /// On top of a thread that cannot go on without it.
    private func runOnTop(_ job: Job, _ part: TaskPart, of core: PoolCore) {
        withWorker(of: core) { worker in
            let thread = ThreadState.current
            let below = thread.poolOnTop
            thread.poolOnTop = core
            let level = thread.entersTask()
            RaceDetection.run(job.readyTask, of: core, on: worker) { core.run(job, on: worker) }
            thread.poolOnTop = below
            thread.leavesTask()
            monitor.withLock {
                takeBack(at: level)
                freesWorker(of: core)
                ready.didRun(part.task)
            }
        }
    }

    private func record(_ next: ReadyJobs.Next) {
        guard !next.part.isRest else { return }
        record(next.part, ready: UInt32(clamping: next.ready), arrival: next.arrival)
    }

    /// Writes a step down.
    func record(_ part: TaskPart, ready: UInt32, arrival: UInt64) {
        guard pooltrace_is_recording() else { return }
        let arrival = followsWaits ? arrival | Schedule.Step.betweenWaits : arrival
        pooltrace_record_step(pooltrace_clock_now(), part.task, ready, arrival, part.segment + 1)
    }

    /// Whether a task that nobody has started may run now, on top of the strand whose task waits for it; then that is a
    /// step, too.
    ///
    /// By a record of waits only the task that it has next: any other is left to its turn.
    func mayRunOnTop(_ task: UInt64) -> Bool {
        let part = TaskPart(task: task)
        let arrival = monitor.withLock { () -> UInt64? in
            if followsWaits {
                guard let following, following.hasSteps, !following.strategy.passes(part, isAlone: false) else {
                    return nil
                }
            }
            guard following?.strategy.goesOn(part) ?? true else { return nil }
            defer { ready.steps += 1 }
            let arrival = followsWaits ? ready.arrival(of: part) : nil
            return arrival ?? Schedule.Step.front(after: ready.steps)
        }
        guard let arrival else { return false }
        record(part, ready: 1, arrival: arrival)
        return true
    }
}
