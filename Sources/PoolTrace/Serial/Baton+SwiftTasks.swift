import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

// Serial mode where Swift's executors are taken over: every job of the runtime is one that the strategy chooses.
//
// - An async main leaves its thread to its executor, which is this: it holds the baton and runs steps until the program
//   exits.
// - Jobs of the main actor run nowhere else, and not inside of another one: chosen by another thread, or while main
//   waits in the middle of its own code, they are put aside until main chooses.
// - A main that is not async, and blocks, has its tasks run by the thread that takes over, as soon as main sleeps. The
//   main actor's jobs never come here then: they go to Dispatch's main queue, which such a main may or may not serve.
// - A task that yields is ready again when its segment has ended, behind everything else.
// - Sleeps take no time: once nothing is ready the virtual clock goes on to the next of them. As long as there are
//   foreign threads, which may be about to make something ready, real time passes first, at most `patience`.
// - Nothing is ready, no task sleeps, and main's executor runs: then every task is suspended, and only a foreign thread
//   can resume one. If there is no such thread, or none does for `patience`, the tasks are reported as lost and the
//   process exits.
extension Baton {
    /// How the process exits when its tasks are lost: EX_SOFTWARE of sysexits.h.
    static let lostStatus: Int32 = 70

    /// How many segments yield before time passes with each that does, and how much: about what they take.
    private static let yieldsBeforeTime = 1000
    private static let timeOfYield = Duration.microseconds(10)

    // MARK: - Main

    /// Runs everything that is ready, on the main thread, and waits for more, until it is stopped.
    func runMain(until isStopped: () -> Bool) {
        take()
        defer { give() }
        while !isStopped() {
            monitor.withLock {
                readyHeld()
                swift.choosesForMain = true
            }
            if step() { continue }
            monitor.withLock { swift.choosesForMain = false }
            if !letTimePass(onMain: true, while: { !isStopped() }) { waitForOthers() }
        }
    }

    /// Makes the jobs of the main actor ready that were put aside.
    ///
    /// Inside the monitor.
    func readyHeld() {
        for next in swift.held { ready.addAgain(next) }
        swift.held = []
    }

    /// Nothing is ready and nobody sleeps.
    private func waitForOthers() {
        let patience = Settings.current.patience
        let hadOthers = wait(
            atMost: patience, onMain: true, while: { OtherThreads.exist || isBesideTask },
            unless: { !strands.limits.isEmpty })
        let isLost = monitor.withLock { ready.isEmpty && strands.limits.isEmpty && spilled == nil }
        guard isLost, areOutsideStuck, !ForeignLocks.settle() else { return }
        if !hadOthers { endIfTasksBlock() }
        endAsLost(after: hadOthers ? patience : nil)
    }

    /// Whether a task runs beside the calling thread, since the baton was taken from it.
    private var isBesideTask: Bool { monitor.withLock { !strands.outside.isEmpty || spilled != nil } }

    /// Waits for something to be ready, as long as somebody could make it so.
    ///
    /// Somebody who starts or ends just now is looked at again.
    ///
    /// - Returns: Whether there was somebody to the end.
    func wait(
        atMost limit: Duration, onMain: Bool, while isPossible: () -> Bool, unless isEnough: () -> Bool
    ) -> Bool {
        let deadline = KernelTime.now.advanced(by: limit)
        var pause = Duration.microseconds(200)
        return withoutBaton {
            while isPossible() {
                let isOver = monitor.withLock {
                    swift.isMainIdle = onMain
                    defer { swift.isMainIdle = false }
                    let now = KernelTime.now
                    guard ready.isEmpty, !isEnough(), now < deadline else { return true }
                    monitor.wait(atMost: min(pause, now.duration(to: deadline)))
                    return !ready.isEmpty || isEnough()
                }
                if isOver { return true }
                pause = min(pause * 2, .milliseconds(20))
            }
            return false
        }
    }

    private func endAsLost(after patience: Duration?) {
        AsyncTask.endUnseen()
        // One that blocks is none of them.
        let stuck = Set(RunningTask.all(of: PoolRegistry.all).map(\.task))
        let tasks = AsyncTask.allSuspended.filter { !stuck.contains($0.job.task) }
        var names = tasks.map { "\($0.job.path)" }
        // Main's may never have been queued.
        if !SwiftTasks.isMainPlain, !tasks.contains(where: { $0.job.ordinal == 0 }) { names.insert("main", at: 0) }
        let paths = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
        let what = names.count == 1 ? "1 async task is" : "\(names.count) async tasks are"
        let wait =
            patience.map { "no other thread has resumed any for \($0)" } ?? "no other thread is there to resume them"
        for task in tasks { RunMark.lost.record(task: task.job.task) }
        Notice.write(
            "serial mode: nothing is ready, \(what) suspended (\(paths)), and \(wait): lost continuations")
        for task in tasks.prefix(8) { Notice.write(raw: task.suspensionText) }
        tellOfStuck()
        _ = pooltrace_snapshot_on_failure()
        exit(Self.lostStatus)
    }

    // MARK: - After a step

    /// Suspends an async task until `isEnough`, which is looked at after each step.
    func wait(until isEnough: @escaping @Sendable () -> Bool) async {
        await withUnsafeContinuation { continuation in
            monitor.withLock { swift.waiting.append((isEnough, continuation)) }
            readyWaiting()
        }
    }

    /// Takes what makes a task ready that yields in the segment which the calling thread runs; false if it runs none.
    func yields(_ job: UnownedJob) -> Bool {
        guard isHeldHere, TaskContext.currentInPool != nil else { return false }
        monitor.withLock { swift.yielded.append(job) }
        return true
    }

    /// Makes those ready that have waited for the step which has ended: that it ends, as they have yielded in it, or
    /// for what it did.
    func readyWaiting() {
        let (yielded, resumed) = monitor.withLock { swift.takeWaiting() }
        if !yielded.isEmpty { readyYielded(yielded) }
        for continuation in resumed { continuation.resume() }
    }

    private func readyYielded(_ jobs: [UnownedJob]) {
        for job in jobs { SegmentPlace.anywhere.run(job) }
        monitor.withLock {
            swift.isYield = false
            // They may wait for what one does that sleeps.
            if swift.yields > Self.yieldsBeforeTime { strands.time.pass(Self.timeOfYield) }
        }
    }

    /// The priority of what is queued now: where the strategy might choose one task for ever, one that yields waits for
    /// all others.
    var priorityAfterYield: ThreadPool.Priority {
        monitor.withLock { swift.isYield && !isFair ? .low : .normal }
    }
}
