import CPoolRecorder
import PoolModel
import PoolRecorder

// A task that blocks on something outside of the pools (a pipe, a lock, a child process) keeps everything else from
// running in serial mode. One on a strand is left after a while: see `Strand`. One on top of a waiting thread, or
// without strands, is found by a background thread, which looks at the holder periodically, and reports its task if it
// is blocked, or runs as if it spun, in look after look with no step in between.
//
// Then, if others are ready that it may need, that thread takes the baton from the holder, which goes on with its task
// as soon as it can, beside the thread that stands in: its place is `spilled`, and when its task has ended it waits
// until it has the baton back. That is one thread at a time; while there is one, the workers that run steps are others
// than the one whose task blocks, since only one thread may use a worker.
// - The task ends just as the baton is taken: it looks under the monitor, and finds its place.
// - A wait inside of the task takes the baton like any other thread, once it is free.
extension Baton {
    /// A holder that the baton was taken from: by the address of its state, and how often it had taken it.
    struct Spilled {
        let thread: UnsafeRawPointer
        let depth: Int
        /// How many steps it was in the middle of.
        let level: Int
        let wasTakeover: Bool
    }

    private static let lookEvery = Duration.milliseconds(250)

    /// Starts the thread that looks.
    func watchForBlocking() {
        BackgroundThread.start(name: "blocking") { [self] in
            OtherThreads.addOwn()
            var looks = BlockingLooks(every: Self.lookEvery, searches: interleaves)
            var known: UInt64 = 0
            while true {
                let pause = Parker()
                _ = pause.waitHere(until: KernelTime.now + Self.lookEvery)
                let seen = monitor.withLock { (progress: progress, thread: holderThread) }
                if seen.progress != known { looks = BlockingLooks(every: Self.lookEvery, searches: interleaves) }
                known = seen.progress
                guard let thread = seen.thread else { continue }
                let wait = BlockedThread(thread: thread)
                if let wait { looks.add(wait) } else { looks.addRun() }
                guard looks.isLong || wait == nil && looks.mayNeedOthers, let task = running(on: thread) else {
                    continue
                }
                if let wait, looks.isLong, !looks.isTold {
                    looks.isTold = true
                    tell(of: task, waitingIn: wait)
                }
                if looks.mayNeedOthers, hasStrands, monitor.withLock({ othersMayGoOn }) { spill(task, at: known) }
            }
        }
    }

    /// The thread of the holder, unless that is a strand, which its driver looks at.
    ///
    /// Inside the monitor.
    private var holderThread: UInt32? {
        holder.flatMap {
            Unmanaged<ThreadState>.fromOpaque($0)._withUnsafeGuaranteedRef { $0.strand == nil ? $0.thread : nil }
        }
    }

    /// The one that others below wait for on the same stack.
    private func running(on thread: UInt32) -> RunningTask? {
        RunningTask.all(of: PoolRegistry.all).filter { $0.thread == thread }.max { $0.start < $1.start }
    }

    /// Reports the task of a strand that has been blocked for long.
    func tell(of strand: Strand, waitingIn wait: BlockedThread) {
        if let task = running(on: strand.thread) { tell(of: task, waitingIn: wait) }
    }

    private func tell(of task: RunningTask, waitingIn wait: BlockedThread) {
        let (count, starving, mayGoOn) = monitor.withLock {
            (ready.count, ready.oldest(3).map(RunningTask.title), othersMayGoOn)
        }
        // One that sleeps alone keeps nobody waiting.
        guard !wait.isSleep || count > 0 else { return }
        let more = [
            ("waits in", [TerminalText.escape(wait.text)]),
            ("starving", starving + (count > starving.count ? ["and \(count - starving.count) more"] : [])),
        ]
        Notice.write(
            raw: "pooltrace: serial mode: \(Sentences.blocks)\n"
                + TaskStacks.block(task, at: pooltrace_clock_now(), hasStack: wait.restarts, more: more))
        if !mayGoOn { Notice.write("serial mode: only something outside of the pools can end it") }
    }

    /// Whether anything is ready, or will be when a sleep or a timeout ends.
    ///
    /// Inside the monitor.
    private var othersMayGoOn: Bool { !ready.isEmpty || strands.limits.contains { !$0.isDriver } }

    /// Takes the baton from the holder, if it has not got on since.
    private func spill(_ task: RunningTask, at progress: UInt64) {
        let needsThread = monitor.withLock { () -> Bool? in
            guard spilled == nil, let holder, self.progress == progress else { return nil }
            let level = Unmanaged<ThreadState>.fromOpaque(holder)._withUnsafeGuaranteedRef { $0.level }
            spilled = Spilled(thread: holder, depth: depth, level: level, wasTakeover: isTakenOver)
            isTakenOver = false
            (self.holder, depth) = (nil, 0)
            self.progress &+= 1
            parked += 1
            hasMet = true
            // Said before anything goes on, which may be the end of the process.
            RunMark.spilled.record(task: task.task)
            Notice.write("serial mode: \(Sentences.blocksOutside)")
            monitor.notifyAll()
            return spilled?.wasTakeover == true && idleTakeovers == 0
        }
        if needsThread == true { addTakeoverThread() }
    }

    /// After a task: waits for the baton, if it was taken from this thread in the middle of it.
    ///
    /// Inside the monitor.
    func takeBack(at level: Int) {
        guard let place = spilled else { return }
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        guard place.thread == own, place.level == level else { return }
        waitForBaton()
        (holder, depth) = (own, place.depth)
        parked -= 1
        isTakenOver = place.wasTakeover
        spilled = nil
    }

    /// The worker that runs the next step of a pool: another than the one whose task blocks.
    func worker(of core: PoolCore) -> Worker {
        guard monitor.withLock({ spilled != nil }) else { return core.worker(at: 0) }
        if core.workersMade > 1 { return core.worker(at: 1) }
        // There is room for substitutes, and who holds the baton makes them alone.
        guard let worker = core.addWorker() else { return core.worker(at: 0) }
        pooltrace_record_worker_start(
            pooltrace_clock_now(), core.number, worker.id, worker.number, pooltrace_own_thread_id())
        core.initialize(worker)
        return worker
    }
}
