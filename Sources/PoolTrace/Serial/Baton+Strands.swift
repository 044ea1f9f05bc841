import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

// Under a strategy that searches, every task runs on a strand: two of them that wait in the middle interleave. See
// `Strand` for the protocol. Under first in, first out and the like a task runs on the stack of whoever waits for it,
// whole: one thread, for a debugger.
//
// A point of a strand is a place in its task where others may go on: each has a number, whether there was anything to
// choose or not, so that a schedule means the same places in every order.
extension Baton {
    /// What only the driver touches.
    struct IdleStrands {
        /// Those whose task has ended.
        var strands: [Strand] = []
        /// Workers that no task has now, by their pool's number; nil as long as a pool has had none.
        var workers: [UInt32: [Worker]] = [:]
    }

    /// The strands of a run that are in the middle, besides those that are ready; guarded by the monitor.
    struct Strands {
        /// How many points each task has come to.
        var points: [UInt64: UInt32] = [:]
        /// Those that wait for something which a step brings about.
        var polling: [(isEnough: () -> Bool, strand: Strand)] = []
        /// Those that wait for so long at most.
        var timed: [Strand] = []
        /// How many tasks of each pool are in the middle and do not wait.
        var busy: [UInt32: Int] = [:]
        /// Jobs of pools that have no worker free.
        var aside: [UInt32: [ReadyJobs.Next]] = [:]

        /// When the first of those that wait for a time at most goes on.
        var deadline: ContinuousClock.Instant? { timed.compactMap(\.deadline).min() }

        mutating func takePolling() -> [(isEnough: () -> Bool, strand: Strand)] {
            defer { polling = [] }
            return polling
        }

        /// The next part of a task that is in the middle.
        mutating func nextPart(of task: UInt64) -> TaskPart {
            points[task, default: 0] += 1
            return TaskPart(task: task, segment: points[task, default: 0])
        }
    }

    /// The calling strand has the baton now.
    func isLent(to thread: ThreadState) {
        monitor.withLock { holder = UnsafeRawPointer(Unmanaged.passUnretained(thread).toOpaque()) }
    }

    // MARK: - The driver's side

    /// Runs a job from its start until it ends or stops; false if there is no thread for it.
    func begin(_ job: Job, of core: PoolCore) -> Bool {
        guard let strand = idle.strands.popLast() ?? Strand(of: self) else { return false }
        guard let worker = takeWorker(of: core) else {
            idle.strands.append(strand)
            return false
        }
        worker.lastStamp = 0
        monitor.withLock { strands.busy[core.number, default: 0] += 1 }
        lend(to: strand, Strand.Run(job: job, core: core, worker: worker))
        return true
    }

    /// Puts a job aside whose pool has as many tasks under way as it has workers; not those that wait, for which a
    /// substitute stands in.
    ///
    /// Inside the monitor.
    func holdsBack(_ next: ReadyJobs.Next) -> Bool {
        guard interleaves, next.decision == .run, !next.isStale, case .job(let job, let core) = next.work,
            job.kind != .segment, strands.busy[core.number, default: 0] >= core.workerCount
        else { return false }
        strands.aside[core.number, default: []].append(next)
        return true
    }

    /// A task of a pool has ended, or waits.
    ///
    /// Inside the monitor.
    func freesWorker(of core: PoolCore) {
        strands.busy[core.number, default: 0] -= 1
        for next in strands.aside.removeValue(forKey: core.number) ?? [] { ready.addAgain(next) }
    }

    /// A task of a pool waits no more.
    ///
    /// Inside the monitor.
    private func takesWorker(_ strand: Strand) {
        if let core = strand.run?.core { strands.busy[core.number, default: 0] += 1 }
    }

    /// Lends the baton to a strand until it has come to its next point, or its task has ended.
    func lend(to strand: Strand, _ start: Strand.Run? = nil) {
        guard let run = start ?? strand.run else { return }
        let own = UnsafeRawPointer(Unmanaged.passUnretained(ThreadState.current).toOpaque())
        strand.goOn(with: run)
        let hasEnded = monitor.withLock {
            holder = own
            let hasEnded = !strand.isOutside && strand.run == nil
            if hasEnded {
                ready.didRun(run.job.readyTask)
                freesWorker(of: run.core)
            }
            return hasEnded
        }
        guard hasEnded else { return }
        idle.workers[run.core.number, default: []].append(run.worker)
        idle.strands.append(strand)
    }

    /// Goes on without a strand that blocks on something of somebody else's; false if it does not any more.
    ///
    /// It keeps its worker, as in a parallel run.
    func leave(_ strand: Strand) -> Bool {
        monitor.withLock {
            guard strand.isLeft() else { return false }
            note(.blocksOutside)
            return true
        }
    }

    /// A strand that was left can go on.
    ///
    /// Inside the monitor.
    func rejoins(_ strand: Strand) {
        ready.add(strand, strands.nextPart(of: strand.task), isFront: false)
        if holder == nil { monitor.notifyAll() }
    }

    /// A worker for a task: none is used by two tasks that are in the middle.
    private func takeWorker(of core: PoolCore) -> Worker? {
        if let worker = idle.workers[core.number]?.popLast() { return worker }
        guard idle.workers[core.number] != nil else {
            idle.workers[core.number] = []
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
        guard interleaves else { return }
        for (isEnough, strand) in monitor.withLock({ strands.takePolling() }) {
            let hasEnded = isEnough()
            monitor.withLock {
                guard hasEnded else { return strands.polling.append((isEnough, strand)) }
                takesWorker(strand)
                ready.add(strand, strands.nextPart(of: strand.task), isFront: false)
            }
        }
    }

    /// Nothing is ready: those go on whose time is over.
    ///
    /// Inside the monitor.
    func readyOverdue() {
        guard let deadline = strands.deadline, ContinuousClock.now >= deadline,
            let strand = strands.timed.first(where: { $0.deadline == deadline })
        else { return }
        resume(strand, byTime: true)
    }

    // MARK: - The strands' side

    /// A point at which the calling strand may go on: whether it has to give the baton back first, since others may
    /// too.
    func offer(_ strand: Strand) -> Bool {
        monitor.withLock {
            progress &+= 1
            let part = strands.nextPart(of: strand.task)
            let isAlone = ready.isEmpty
            if following?.strategy.passes(part, isAlone: isAlone) ?? isAlone { return false }
            ready.add(strand, part, isFront: true)
            return true
        }
    }

    /// Somebody has signalled a parker.
    func signalled(_ parker: Parker) {
        monitor.withLock {
            guard let strand = parker.strand else { return }
            resume(strand, byTime: false)
            if holder == nil { monitor.notifyAll() }
        }
    }

    /// Inside the monitor.
    private func resume(_ strand: Strand, byTime: Bool) {
        strand.stopsWaiting(byTime: byTime)
        strands.timed.removeAll { $0 === strand }
        takesWorker(strand)
        ready.add(strand, strands.nextPart(of: strand.task), isFront: false)
    }
}
