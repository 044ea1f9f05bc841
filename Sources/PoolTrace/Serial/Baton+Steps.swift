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
        func take() -> (ReadyJobs.Next, Divergence?)? {
            monitor.withLock {
                progress &+= 1
                if ready.isEmpty { readyOverdue() }
                while let next = ready.next() {
                    let divergence = following?.takeDivergence()
                    if swift.holdsBack(next) || holdsBack(next) { continue }
                    if !strands.outside.isEmpty { noteOutside() }
                    return (next, divergence)
                }
                return nil
            }
        }
        while let (next, divergence) = take() {
            if let divergence { tell(divergence) }
            if case .thread = next.work { return .turn(next) }
            let isStale = next.decision == .run && next.isStale
            run(next, for: need)
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

    private func run(_ next: ReadyJobs.Next, for need: Need) {
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
            guard hasStrands else { return runWhole(job, next.part, of: core) }
            if job.kind == .segment {
                // Main's stay on its thread, and another's on this stack as long as nothing is in the middle below.
                let isHere = SegmentPlace(bits: job.index) == .main || !interleaves && ThreadState.current.level == 0
                if isHere || !begin(job, of: core) { runWhole(job, next.part, of: core) }
                return
            }
            let isOnTop = !interleaves && !followsWaits && need.includes(job, of: core)
            if !isOnTop, begin(job, of: core) { return }
            runOnTop(job, next.part, of: core)
        }
    }

    /// Without strands, and for a segment, whatever waits in the middle.
    private func runWhole(_ job: Job, _ part: TaskPart, of core: PoolCore) {
        let worker = worker(of: core)
        worker.lastStamp = 0
        let level = ThreadState.current.entersTask()
        core.run(job, on: worker)
        monitor.withLock {
            takeBack(at: level)
            // An async task says itself when it has ended.
            if job.kind != .segment { ready.didRun(part.task) }
        }
    }

    /// On top of a thread that cannot go on without it.
    private func runOnTop(_ job: Job, _ part: TaskPart, of core: PoolCore) {
        guard let worker = takeWorker(of: core) else { return runWhole(job, part, of: core) }
        worker.lastStamp = 0
        monitor.withLock { core.serial.busy += 1 }
        let thread = ThreadState.current
        let below = thread.poolOnTop
        thread.poolOnTop = core
        let level = thread.entersTask()
        core.run(job, on: worker)
        thread.poolOnTop = below
        monitor.withLock {
            takeBack(at: level)
            freesWorker(of: core)
            ready.didRun(part.task)
        }
        core.serial.idle.append(worker)
    }

    private func record(_ next: ReadyJobs.Next) {
        guard !next.part.isRest else { return }
        monitor.withLock { ready.steps += 1 }
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
