import CPoolRecorder
import PoolModel
import PoolRecorder

// A task that blocks on something outside of the pools (a pipe, a lock, a child process) keeps everything else from
// running in serial mode. A thread of our own looks at the holder from time to time. What it tells of is a wait that
// the kernel says has lasted from one look to another, with no step in between.
//
// With `--spill` that thread takes the baton from the holder, which goes on with its task as soon as it can, beside the
// thread that stands in: its place is `spilled`, and when its task has ended it waits until it has the baton back. That
// is one thread at a time; while there is one, the workers that run steps are others than the one whose task blocks,
// since only one thread may use a worker.
// - The task ends just as the baton is taken: it looks under the monitor, and finds its place.
// - A wait inside of the task needs no baton; a submit into a full queue takes it like any other thread.
extension Baton {
    /// A holder that the baton was taken from: by the address of its state, and how often it had taken it.
    struct Spilled {
        let thread: UnsafeRawPointer
        let depth: Int
        let wasTakeover: Bool
    }

    private static let lookEvery = Duration.milliseconds(250)
    /// For how many looks a task blocks before it is told of.
    private static let looksBeforeTelling = 4

    /// Starts the thread that looks.
    func watchForBlocking() {
        BackgroundThread.start(name: "blocking") { [self] in
            OtherThreads.addOwn()
            var last: (progress: UInt64, wait: BlockedThread)?
            var looks = 0
            // When the last task that was told of had started.
            var told: UInt64 = 0
            while true {
                let pause = Parker()
                _ = pause.wait(until: .now + Self.lookEvery)
                let seen = monitor.withLock { (progress: progress, thread: holderThread) }
                guard let thread = seen.thread, let wait = BlockedThread(thread: thread) else {
                    last = nil
                    continue
                }
                looks = last.map { $0.progress == seen.progress && $0.wait == wait } == true ? looks + 1 : 0
                last = (seen.progress, wait)
                guard looks >= (spills ? 1 : Self.looksBeforeTelling), let task = running(on: thread),
                    task.start != told
                else { continue }
                if tell(of: task, waitingIn: wait, at: seen.progress) { told = task.start }
            }
        }
    }

    /// Inside the monitor.
    private var holderThread: UInt32? {
        holder.map { Unmanaged<ThreadState>.fromOpaque($0)._withUnsafeGuaranteedRef { $0.thread } }
    }

    /// The one that others below wait for on the same stack.
    private func running(on thread: UInt32) -> RunningTask? {
        RunningTask.all(of: PoolRegistry.all).filter { $0.thread == thread }.max { $0.start < $1.start }
    }

    /// False if there was nothing to tell.
    private func tell(of task: RunningTask, waitingIn wait: BlockedThread, at progress: UInt64) -> Bool {
        let (count, starving) = monitor.withLock { (ready.count, ready.oldest(3).map(RunningTask.title)) }
        // One that sleeps alone keeps nobody waiting.
        guard !wait.isSleep || count > 0 else { return false }
        let more = [
            ("waits in", [TerminalText.escape(wait.text)]),
            ("starving", starving + (count > starving.count ? ["and \(count - starving.count) more"] : [])),
        ]
        Notice.write(
            raw: "pooltrace: serial mode: a task blocks, and nothing else can run\n"
                + TaskStacks.block(task, at: pooltrace_clock_now(), hasStack: wait.restarts, more: more))
        if spills, count > 0, spill(task, at: progress) { return true }
        if count == 0 {
            Notice.write("serial mode: only something outside of the pools can end it")
        } else if !wait.isSleep {
            Notice.write(
                "serial mode: if one of those is to end it, --spill (POOLTRACE_SPILL=on) lets a second thread go on; with PoolTrace's "
                    + "Semaphore, Condition or Event in place of what blocks, the others go on by themselves")
        }
        return true
    }

    /// Takes the baton from the holder, if it has not got on since.
    private func spill(_ task: RunningTask, at progress: UInt64) -> Bool {
        let needsThread = monitor.withLock { () -> Bool? in
            guard spilled == nil, let holder, self.progress == progress else { return nil }
            spilled = Spilled(thread: holder, depth: depth, wasTakeover: isTakenOver)
            isTakenOver = false
            (self.holder, depth) = (nil, 0)
            self.progress &+= 1
            parked += 1
            hasMet = true
            // Said before anything goes on, which may be the end of the process.
            RunMark.spilled.record(task: task.task)
            Notice.write("serial mode: another thread goes on (--spill): from here on the order is not controlled")
            monitor.notifyAll()
            return spilled?.wasTakeover == true && idleTakeovers == 0
        }
        if needsThread == true { addTakeoverThread() }
        return needsThread != nil
    }

    /// After a task: waits for the baton, if it was taken from this thread meanwhile.
    ///
    /// Inside the monitor.
    func takeBack() {
        guard let place = spilled else { return }
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        guard place.thread == own else { return }
        while holder != nil { monitor.wait() }
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
