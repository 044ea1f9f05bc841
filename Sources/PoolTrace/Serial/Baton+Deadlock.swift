import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

// A deadlock: main waits; every task and thread that has begun waits, inside PoolTrace or for a foreign lock; nothing
// is ready, no time limit runs, and the program has no other thread. Then nothing can go on. It is reported at once,
// with the place where each of them waits, and the process exits.
extension Baton {
    /// Ends the process if the wait of the calling thread, which holds the baton, can never be over.
    ///
    /// - Parameters:
    ///   - awaited: What it waits for, if that is known.
    ///   - isOver: Whether the wait is over.
    /// - Returns: Whether the calling thread is to give up its wait: in an execution that has `whenDeadlocked`.
    func endIfDeadlocked(waitingFor awaited: Awaitable?, unless isOver: () -> Bool) -> Bool {
        guard hasStrands, ThreadState.isMainThread else { return false }
        readyPolling()
        guard isStill, areOutsideStuck else { return false }
        if let whenDeadlocked {
            whenDeadlocked()
            return !giveUpWaits() && awaited == nil
        }
        guard !OtherThreads.exist else { return false }
        // What a thread that has just ended has brought about is there by now.
        guard !isOver(), isStill else { return false }
        end(
            deadlockedWith: RunningTask.all(of: PoolRegistry.all),
            mainWaitsFor: TaskContext.currentInPool == nil ? awaited : nil)
    }

    /// Ends the process if async tasks are in the middle of a wait that keeps their threads; main is suspended.
    ///
    /// Nothing is ready, and nobody else can change that. Those that are suspended wait for these, as far as anybody
    /// knows.
    func endIfTasksBlock() {
        let stuck = RunningTask.all(of: PoolRegistry.all)
        if !stuck.isEmpty { end(deadlockedWith: stuck, mainWaitsFor: nil) }
    }

    private func end(deadlockedWith stuck: [RunningTask], mainWaitsFor awaited: Awaitable?) -> Never {
        tell(of: stuck, mainWaitsFor: awaited)
        RunMark.deadlock.record()
        for task in stuck { RunMark.deadlock.record(task: task.task) }
        end()
    }

    /// Reports the tasks that have begun and not ended, except async tasks that are suspended.
    func tellOfStuck() {
        let stuck = RunningTask.all(of: PoolRegistry.all)
        for task in stuck { RunMark.deadlock.record(task: task.task) }
        Notice.write(raw: stuck.map { TaskStacks.block($0, at: pooltrace_clock_now()) }.joined())
    }

    /// Whether nothing can go on but what another thread brings about.
    private var isStill: Bool {
        monitor.withLock {
            ready.isEmpty && swift.held.isEmpty && strands.limits.isEmpty && driving == 0
                && parked == 0 && spilled == nil
        }
    }

    /// Whether those that were left outside wait for locks, without a limit, and have not moved for two looks.
    var areOutsideStuck: Bool {
        func look() -> [BlockedThread?] {
            monitor.withLock { strands.outside.map(\.thread) }.map { BlockedThread(thread: $0) }
        }
        let first = look()
        guard !first.isEmpty else { return true }
        guard first.allSatisfy({ $0?.isEndless == true }) else { return false }
        withoutBaton { _ = Parker().waitHere(until: KernelTime.now + Strand.look) }
        return first == look() && isStill
    }

    private func tell(of stopped: [RunningTask], mainWaitsFor awaited: Awaitable?) {
        let now = pooltrace_clock_now()
        var text = "pooltrace: serial mode: \(Sentences.deadlock(of: stopped.count))\n"
        if let awaited {
            text += "  main waits for task \(RunningTask.title(awaited.job))\n"
        } else if let lock = ForeignLocks.wait(ofThread: pooltrace_own_thread_id()) {
            text += "  main waits for \(lock.lock)\n"
        }
        for task in stopped { text += TaskStacks.block(task, at: now) }
        for task in stopped {
            guard let lock = task.awaited, let holder = task.holder else { continue }
            text += "  \(task.title) waits for \(lock): \(holder)\n"
        }
        Notice.write(raw: text)
    }

    /// Lets those strands go on that wait for conditions, as if their time were over; false if there are none.
    private func giveUpWaits() -> Bool {
        monitor.withLock {
            let stuck = strands.waiting.filter(\.mayGiveUp)
            for strand in stuck { resume(strand) }
            return !stuck.isEmpty
        }
    }

    func end() -> Never {
        PoolRegistry.reportUnretrieved()
        _ = pooltrace_snapshot_on_failure()
        fflush(nil)
        Recorder.recordEnd(status: Self.lostStatus)
        pooltrace_signals_flush()
        _exit(Self.lostStatus)
    }
}
