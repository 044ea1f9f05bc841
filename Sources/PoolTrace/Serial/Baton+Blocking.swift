import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

// A task that blocks on something outside of the pools (a pipe, a lock, a child process), or that spins until another
// one has done something, keeps everything else from running in serial mode. One on a strand is left after a while:
// see `Strand`. One on top of a waiting thread, a segment of an async task, or one without strands, is found by a
// background thread, which looks at the holder periodically, and reports its task if it is blocked, or runs, in look
// after look with no step in between.
//
// Then, if others are ready that it may need, that thread takes the baton from the holder, which goes on with its task
// as soon as it can, beside the thread that stands in: its place is `spilled`, and when its task has ended it waits
// until it has the baton back. That is one thread at a time.
// - The task ends just as the baton is taken: it looks under the monitor, and finds its place.
// - A wait inside of the task takes the baton like any other thread, once it is free.
// - The task is on main's thread, where the main actor's jobs run: the thread that stands in runs them, too, unless the
//   task is one of them.
//
// A task that spins in looks whether it is cancelled needs none of this: see `polls`.
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
                look(at: thread, known, &looks)
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

    private func look(at thread: UInt32, _ progress: UInt64, _ looks: inout BlockingLooks) {
        let wait = looks.look(at: thread)
        guard wait == nil ? looks.hasRunLong : looks.isLong, looks.isOverdue, let task = running(on: thread) else {
            return
        }
        let text = tell(of: task, waitingIn: wait, &looks)
        guard looks.mayNeedOthers, hasStrands, monitor.withLock({ othersMayGoOn || hasReady(besides: thread) }) else {
            return
        }
        spill(thread: thread, task.task, at: progress, Sentences.othersContinue(beside: text))
    }

    /// The same for a strand, which its driver leaves if it has to.
    func look(at strand: Strand, _ looks: inout BlockingLooks) {
        let thread = monitor.withLock { strand.thread }
        let wait = looks.look(at: thread)
        guard looks.isOverdue, let task = running(on: thread) else { return }
        strand.overdueText = tell(of: task, waitingIn: wait, &looks)
    }

    /// Reports once a task that has been blocked for long, and notes once that one has run for long.
    ///
    /// - Returns: What is to be said of it if others go on.
    private func tell(of task: RunningTask, waitingIn wait: BlockedThread?, _ looks: inout BlockingLooks) -> String {
        let (names, count) = oldestReady
        let mark: RunMark
        if let wait {
            mark = .blocked(in: wait.text, ready: names, of: count)
            if looks.isLong, !looks.isTold {
                looks.isTold = true
                tell(of: task, waitingIn: wait)
            }
        } else {
            mark = .spinning(for: looks.runTime, ready: names, of: count)
            looks.isSpinTold = true
        }
        if looks.noted != mark.kind { mark.record(task: task.task) }
        looks.noted = mark.kind
        let place = task.place.map { ", submitted \($0)," } ?? ""
        return "\(task.title)\(place) \(TerminalText.escape(mark.text))"
    }

    /// The one that others below wait for on the same stack.
    private func running(on thread: UInt32) -> RunningTask? {
        RunningTask.all(of: PoolRegistry.all).filter { $0.thread == thread }.max { $0.start < $1.start }
    }

    private func tell(of task: RunningTask, waitingIn wait: BlockedThread) {
        let (starving, mayGoOn) = (starving, monitor.withLock { othersMayGoOn })
        // One that sleeps alone keeps nobody waiting.
        guard !wait.isSleep || starving != nil else { return }
        var more = [("waits in", [TerminalText.escape(wait.text)])]
        if let starving { more.append(("starving", starving)) }
        Notice.write(
            raw: "pooltrace: serial mode: \(Sentences.blocks)\n"
                + TaskStacks.block(task, at: pooltrace_clock_now(), hasStack: wait.restarts, more: more))
        if starving == nil, !mayGoOn { Notice.write("serial mode: only something outside of the pools can end it") }
    }

    /// Some of the tasks that are ready, and how many there are, with those of the main actor that were put aside.
    private var oldestReady: (names: [String], count: Int) {
        monitor.withLock {
            let held = swift.held.compactMap { next in
                if case .job(let job, _) = next.work { job.shown } else { nil }
            }
            let jobs = (ready.oldest(3).compactMap(\.shown) + held).prefix(3)
            return (jobs.map(RunningTask.title), ready.count + swift.held.count)
        }
    }

    /// The tasks that are ready, a line each; nil if there are none.
    var starving: [String]? {
        let (names, count) = oldestReady
        return count == 0 ? nil : names + (count > names.count ? ["and \(count - names.count) more"] : [])
    }

    // MARK: - Tasks that ask again and again

    /// How often a task looks whether it is cancelled before others may run: it may wait for one of them.
    ///
    /// Where orders are searched for that is a point like any other. Otherwise a task is not to be interrupted that
    /// looks now and then while it works: a million looks take at least some milliseconds.
    var looksOfPoll: UInt32 { interleaves ? 1000 : 1_000_000 }
    /// About what a look takes; it passes with the looks, so that one who sleeps goes on in the end.
    private static let timeOfLook = Duration.nanoseconds(10)

    private static let stepsOfPoll = 1000

    /// The task on the calling thread has looked that often whether it is cancelled.
    func polls(_ context: UnsafeMutablePointer<TaskContext>) {
        let strand = Strand.current
        if let strand { strand.rejoin() } else if !isHeldHere { return } else { handToWanting() }
        let (polls, woken) = monitor.withLock {
            strands.polls += 1
            ready.didPoll()
            if !strands.limits.isEmpty { strands.time.pass(Self.timeOfLook * Int(looksOfPoll)) }
            return (strands.polls, endLimits())
        }
        for job in woken { SegmentPlace.anywhere.run(job) }
        if let strand { return strand.pass(isPoll: true) }
        if interleaves { return passOutside(isPoll: true) }
        guard monitor.withLock({ !ready.isEmpty }) else { return spillMain() }
        take()
        // As much as others may do meanwhile in a parallel run; one that asks again and again, too, gets on no faster.
        for _ in 0..<Self.stepsOfPoll {
            guard step(), monitor.withLock({ strands.polls == polls }), !context.pointee.isAskedToStop else { break }
        }
        give()
    }

    /// A thread that took over gives the baton to one that wants it: main, which alone runs what the task may wait for.
    private func handToWanting() {
        let isWanted = monitor.withLock {
            guard isTakenOver, wanting > 0 else { return false }
            isTakenOver = false
            return true
        }
        guard isWanted else { return }
        withoutBaton {
            monitor.withLock { while holder == nil, wanting > 0 { monitor.wait(atMost: .milliseconds(1)) } }
        }
        monitor.withLock { isTakenOver = true }
    }

    /// Only jobs of the main actor are ready, and the calling thread is theirs, and in the middle of a task.
    private func spillMain() {
        let thread = ThreadState.current.thread
        let (known, isNeeded) = monitor.withLock { (progress, hasReady(besides: thread)) }
        guard hasStrands, isNeeded, let context = TaskContext.currentInPool else { return }
        let job = context.pointee.job
        spill(thread: thread, job.task, at: known, Sentences.mainActorMoves(beside: RunningTask.title(job)))
    }

    // MARK: - Others go on

    /// Whether a thread that stands in for one has something to run.
    ///
    /// Inside the monitor.
    private func hasReady(besides thread: UInt32) -> Bool {
        ready.count > 0 || !swift.held.isEmpty && mayMoveMain(from: thread)
    }

    /// Whether a thread is main's, and the task on it none of the main actor's.
    private func mayMoveMain(from thread: UInt32) -> Bool { thread == UInt32(bitPattern: getpid()) && !swift.isInMain }

    /// Whether anything is ready, or will be when a sleep or a timeout ends.
    ///
    /// Inside the monitor.
    private var othersMayGoOn: Bool { !ready.isEmpty || strands.limits.contains { !$0.isDriver } }

    /// Takes the baton from the holder, if it has not got on since.
    ///
    /// - Parameter sentence: What is said of it.
    private func spill(thread: UInt32, _ task: UInt64, at progress: UInt64, _ sentence: String) {
        let needsThread = monitor.withLock { () -> Bool? in
            guard spilled == nil, let holder, self.progress == progress else { return nil }
            let level = Unmanaged<ThreadState>.fromOpaque(holder)._withUnsafeGuaranteedRef { $0.level }
            spilled = Spilled(thread: holder, depth: depth, level: level, wasTakeover: isTakenOver)
            isTakenOver = false
            (self.holder, depth) = (nil, 0)
            self.progress &+= 1
            parked += 1
            hasMet = true
            if mayMoveMain(from: thread) {
                swift.isMainElsewhere = true
                readyHeld()
            }
            // Said before anything goes on, which may be the end of the process.
            RunMark.spilled.record(task: task)
            Notice.write("serial mode: \(sentence)")
            monitor.notifyAll()
            return spilled?.wasTakeover == true && idleTakeovers == 0
        }
        if needsThread == true { addTakeoverThread() }
    }

    /// Whether another thread runs the main actor's jobs.
    var isMainElsewhere: Bool { monitor.withLock { swift.isMainElsewhere } }

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
        swift.isMainElsewhere = false
    }
}
