import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

/// How long a wait for something that is completed by hand goes on before we say what it waits for.
private struct Patience {
    private let end = KernelTime.now.advanced(by: Baton.takeoverDelay)
    var isTold = false

    var isOver: Bool { !isTold && KernelTime.now >= end }

    /// When to look again.
    func next(for awaited: Awaitable) -> ContinuousClock.Instant? {
        guard awaited.isCompletedByHand, !isTold else { return nil }
        // Over, and something ran then: it is looked at from time to time.
        return max(end, KernelTime.now.advanced(by: .milliseconds(20)))
    }
}

/// A wait of a thread that runs steps meanwhile.
private struct DrivenWait {
    var need = Need.nothing
    var deadline: ContinuousClock.Instant?
    var awaited: Awaitable?
    /// How often it is looked at: nobody says when it is over.
    var look: Duration?
    /// Whether it is for what is not PoolTrace's: then no worker stands in for the one whose task waits.
    var isForeign = false
    /// How long until somebody looks whether anything can still end it; longer each time.
    private var pause = Duration.milliseconds(5)
    var isAnnounced = false
    var patience = Patience()

    init(
        need: Need = .nothing, deadline: ContinuousClock.Instant? = nil, awaited: Awaitable? = nil,
        look: Duration? = nil, isForeign: Bool = false
    ) {
        (self.need, self.deadline, self.awaited, self.look) = (need, deadline, awaited, look)
        self.isForeign = isForeign
    }

    /// When to look again at the latest.
    mutating func nextLook() -> ContinuousClock.Instant {
        let now = KernelTime.now
        let next = now.advanced(by: look ?? pause)
        pause = min(pause * 2, .seconds(1))
        return awaited.flatMap { patience.next(for: $0) }.map { min($0, next) } ?? next
    }
}

extension Baton {
    // MARK: - Waiting

    /// Runs steps while `isNeeded`, on the calling thread.
    func wait(for need: Need = .nothing, while isNeeded: () -> Bool) {
        _ = wait(DrivenWait(need: need, look: .milliseconds(1)), until: { !isNeeded() })
    }

    /// Runs steps until `awaited` has ended; false if `deadline` came first.
    ///
    /// One step at least, if any task is ready. In a replay, also what the schedule has before the calling thread goes
    /// on.
    func wait(for awaited: Awaitable, until deadline: ContinuousClock.Instant?) -> Bool {
        let need = deadline == nil ? Need.end(of: awaited) : .nothing
        return wait(DrivenWait(need: need, deadline: deadline, awaited: awaited), until: { awaited.hasEnded })
    }

    /// Runs steps until somebody signals `parker`; false if `deadline` came first.
    func wait(for parker: Parker, until deadline: ContinuousClock.Instant?, isForeign: Bool = false) -> Bool {
        wait(DrivenWait(deadline: deadline, isForeign: isForeign), until: { parker.isSignalled })
    }

    private func wait(_ wait: DrivenWait, until isOver: () -> Bool) -> Bool {
        take()
        // Where a task waits that runs on top of this thread, its pool has a worker free meanwhile.
        let pool = ThreadState.current.poolOnTop
        if let pool, !wait.isForeign { monitor.withLock { freesWorker(of: pool) } }
        let limit = wait.deadline.map(beginLimit)
        let hasTurn = runSteps(wait, within: limit, until: isOver)
        let part = limit.flatMap(endLimit)
        if let pool {
            if !wait.isForeign { monitor.withLock { pool.serial.busy += 1 } }
        } else if !hasTurn, interleaves || TaskContext.currentInPool == nil {
            if let following, following.granularity != .points {
                // A trace knows waits for tasks alone.
                if !followsWaits || wait.awaited != nil { waitForTurn(in: following) }
            } else if limit?.isOver == true {
                takeTurn(hasWaited: true)
            } else {
                waitForTurn(part)
            }
        }
        // What has come up to here has come in time. A thread that is told that it has not may still be slow.
        let result = isOver()
        if limit != nil, wait.awaited != nil, pool == nil { waitForTurn() }
        give()
        return result
    }

    /// Runs steps until `isOver`, the limit has ended, or nothing can go on in an execution that has `whenDeadlocked`.
    ///
    /// - Returns: Whether the strategy has chosen the calling thread to go on, at the end of its limit.
    private func runSteps(_ wait: DrivenWait, within limit: Limit.Driver?, until isOver: () -> Bool) -> Bool {
        var wait = wait
        defer { if wait.isAnnounced, let awaited = wait.awaited { withdraw(from: awaited) } }
        while !isOver() {
            // Where points are decisions it still has to be chosen.
            if limit?.isOver == true, !interleaves { return false }
            if wait.awaited.map(runAwaited) == true { continue }
            switch stepOrTurn(for: wait.need) {
            case .turn(let turn) where limit?.isOver == true:
                recordTurn(turn.part, arrival: turn.arrival)
                return true
            case .turn, .step: continue
            case .nothing: if limit?.isOver == true || letTimePass(while: { !isOver() }) { continue }
            }
            // No step, but the last of the tickets may have been counted.
            if isOver() { break }
            // Nothing is ready, so somebody else has to end it, or to submit what does.
            if !wait.isAnnounced, let awaited = wait.awaited {
                wait.isAnnounced = true
                announce(in: awaited)
            }
            if ForeignLocks.settle() { continue }
            if endIfDeadlocked(waitingFor: wait.awaited, unless: isOver) { return false }
            if whenDeadlocked != nil { continue }
            let next = wait.nextLook()
            withoutBaton {
                waitForProgress(atMost: KernelTime.now.duration(to: next), unless: isOver)
                if let awaited = wait.awaited { tellIfStuck(awaited, &wait.patience) }
            }
        }
        return false
    }

    private func announce(in awaited: Awaitable) {
        WaitingRoom.whenEnded(awaited, owner: ObjectIdentifier(self)) { [self] in
            monitor.withLock { monitor.notifyAll() }
        }
    }

    private func withdraw(from awaited: Awaitable) { WaitingRoom.withdraw(ObjectIdentifier(self), from: awaited) }

    /// The parallel run was further when the calling thread, which is outside the pools, had come out of this wait.
    private func waitForTurn(in following: Following) {
        let root = Submitter.currentTask
        let part = monitor.withLock { following.nextPart(ofThread: root) }
        var hasWaited = false
        while !monitor.withLock({ following.strategy.goesOn(part) }), step() { hasWaited = true }
        if hasWaited { recordTurn(part, arrival: UInt64(part.segment)) }
    }

    /// A decision point of the calling thread, which is no strand: what is ready may run before it goes on.
    ///
    /// It is outside the pools, or runs a job of the main actor's.
    ///
    /// Nothing if another thread runs steps.
    ///
    /// - Parameter isPoll: Whether the thread may be about to wait for others by asking again and again.
    func passOutside(isPoll: Bool = false) {
        guard interleaves, take(orLeave: true) else { return }
        waitForTurn(isFront: !isPoll)
        give()
    }

    /// The strategy decides what runs before the calling thread, which is outside the pools, goes on.
    ///
    /// - Parameter part: What it does next, if that has a number.
    private func waitForTurn(_ part: TaskPart? = nil, isFront: Bool = true) {
        guard interleaves else { return }
        let root = Submitter.currentTask
        let isAlone = monitor.withLock { () -> Bool in
            let part = part ?? strands.nextPart(of: root)
            let isAlone = ready.isEmpty
            if following?.strategy.passes(part, isAlone: isAlone) ?? isAlone { return true }
            ready.addThread(part, isFront: isFront)
            return false
        }
        if !isAlone { takeTurn(hasWaited: false) }
    }

    /// Runs steps until the strategy chooses the calling thread.
    ///
    /// - Parameter hasWaited: Whether that is a decision even if it comes at once.
    private func takeTurn(hasWaited: Bool) {
        guard interleaves else { return }
        var hasWaited = hasWaited
        while true {
            switch stepOrTurn() {
            case .turn(let turn):
                if hasWaited { recordTurn(turn.part, arrival: turn.arrival) }
                return
            case .step: hasWaited = true
            case .nothing: return
            }
        }
    }

    private func recordTurn(_ part: TaskPart, arrival: UInt64) {
        monitor.withLock { ready.steps += 1 }
        record(part, ready: 0, arrival: arrival)
    }

    /// Parks the calling thread, inside a segment or a task without strands, until somebody else has ended `awaited`;
    /// false if `deadline` came first.
    func park(for awaited: Awaitable, until deadline: ContinuousClock.Instant?) -> Bool {
        let deadline = deadline.map(clockTime)
        return parking {
            var patience = Patience()
            while !WaitingRoom.park(
                for: awaited, until: [patience.next(for: awaited), deadline].compactMap { $0 }.min())
            {
                if let deadline, KernelTime.now >= deadline { return false }
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
            guard awaited.map(runAwaited) == true || step(for: awaited.map { .end(of: $0) } ?? .nothing) else { break }
            hasRun = true
        }
        return hasRun
    }

    /// Inside the monitor.
    func takeDrivers() -> [UnsafeContinuation<Void, Never>] {
        defer { drivers = [] }
        return drivers
    }

    /// One step, if nobody else is running any.
    func runOne() {
        guard take(orLeave: true) else { return }
        if !step() { _ = letTimePass(while: { true }) }
        give()
    }

    /// Runs steps until nothing is ready, and nothing sleeps.
    func runLeft() {
        take()
        while step(for: .everything) || letTimePass(while: { true }) {}
        give()
    }

    /// At exit: everything that is ready, unless some thread is in the middle of it.
    func runRest() {
        defer { noteThreads() }
        guard TaskContext.currentInPool == nil, take(orLeave: true) else { return }
        monitor.withLock { strands.isOver = true }
        while step(for: .everything) {}
        give()
        if let missed = monitor.withLock({ ready.missedTarget }) {
            Notice.write(
                "--only \(missed): the program submitted no task with this path, so its tasks ran as without --only; "
                    + "`pooltrace tasks` lists the paths of a recorded run")
            Recorder.replaceSuccess(by: 65)
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
            expectsNoMore(of: task)
        }
    }

    func isOver(for job: Job) -> Bool { monitor.withLock { ready.isOver(for: job) } }

    func isChosen(_ task: UInt64) -> Bool { monitor.withLock { ready.isChosen(task) } }
}
