import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// The process's pools that are not shut down, and what happens to them when it exits.
enum PoolRegistry {
    private static let pools = Guarded<[PoolCore]>([])
    /// Tasks of the pools that were shut down; guarded by `pools`.
    private static let tasksBefore = Atomic<UInt64>(0)
    private static let exitHook: Void = Recorder.atExit { atExit() }

    static var all: [PoolCore] { pools.withLock { $0 } }

    /// How many tasks of the process have ended, with those elements of maps whose chunk has begun.
    static var begunTasks: UInt64 {
        pools.withLock { pools in
            pools.reduce(tasksBefore.load(ordering: .relaxed)) { $0 &+ $1.begunTasks }
        }
    }

    static func add(_ core: PoolCore) {
        _ = exitHook
        Fault.watch()
        SnapshotWatch.watch()
        FailureDescriber.start()
        pools.withLock { $0.append(core) }
        Stopping.check(core)
    }

    static func remove(_ core: PoolCore) {
        pools.withLock { pools in
            guard pools.contains(where: { $0 === core }) else { return }
            tasksBefore.wrappingAdd(core.begunTasks, ordering: .relaxed)
            pools.removeAll { $0 === core }
        }
    }

    private static func atExit() {
        RunningThreads.waitAtExit()
        Scheduling.runRest()
        for core in all where !core.isHidden {
            core.letWorkersCount()
            let counts = core.counts
            if counts.submitted > counts.completed {
                Notice.write(
                    "pool \"\(core.name)\": \(counts.submitted - counts.completed) of \(counts.submitted) submitted tasks had not "
                        + "ended when the process exited; call shutdown() to wait for them")
            }
        }
        reportUnretrieved()
        FailureDescriber.settleAll()
    }

    /// Held from where a failure counts as told until it has been: the process must not end in between.
    ///
    /// The failure that was reported last, whose frames the next report need not repeat.
    private static let reporting = Guarded<Failure?>(nil)

    /// Prints the failures that nobody has retrieved.
    ///
    /// - Parameter pool: Only those of this pool.
    static func reportUnretrieved(pool: UInt32? = nil) {
        let released = reporting.withLock { previous in
            let taken = FailureRegistry.takeUnretrieved(pool: pool)
            report(taken.unretrieved, after: &previous)
            return taken.released
        }
        // An error may hold anything, with a `deinit` that comes back here.
        withExtendedLifetime(released) {}
    }

    /// Prints a failure that nobody has retrieved, and that nobody can ask for any more.
    static func reportUnretrieved(_ failure: TaskFailure) {
        reporting.withLock { previous in
            guard !failure.isRetrieved else { return }
            failure.isRetrieved = true
            report([failure], after: &previous)
        }
    }

    /// Prints reports, a blank line between them and after those before, and records that they were.
    private static func report(_ failures: [TaskFailure], after previous: inout Failure?) {
        guard !failures.isEmpty else { return }
        FailureDescriber.settle(failures)
        let reports = FailureRegistry.reports(on: failures)
        guard let last = reports.last?.failure else { return }
        for report in reports where pooltrace_is_recording() {
            pooltrace_record_report(pooltrace_clock_now(), report.failure.number, report.others)
        }
        let run = FailureRegistry.run
        let style = Notice.style
        let text = FailureReport.text(
            of: reports, run: run, style: style, frames: Settings.current.frames, after: previous)
        Notice.write(raw: (previous == nil ? "" : "\n") + text)
        previous = last
        _ = pooltrace_snapshot_on_failure()
    }
}
