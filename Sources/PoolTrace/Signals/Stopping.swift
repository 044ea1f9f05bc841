import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder
import Synchronization

/// How the process comes to its end after the first signal: on the thread that waits for it.
enum Stopping {
    /// Whether pools that start now take no tasks either.
    private static let hasBegun = Atomic<Bool>(false)

    /// Stops the pools, tells what is in flight, and ends the process when the grace period is over.
    static func begin(_ signal: Int32, grace: Duration) {
        let deadline = KernelTime.now.advanced(by: grace)
        hasBegun.store(true, ordering: .sequentiallyConsistent)
        let pools = PoolRegistry.all
        let tasks = RunningTask.all(of: pools)
        let queued = pools.reduce(0) { sum, core in
            sum + max(0, core.unfinished - tasks.count { $0.pool == core.name })
        }
        ServiceManager.stopping()
        // Told before anything stops: a quick program is at its end as soon as its pools are.
        Notice.write(
            "\(name(signal)): pools accept no more tasks; \(queued) queued tasks are cancelled, \(tasks.count) in flight are "
                + "asked to stop; the process ends within \(grace), or at once on another signal")
        RunningTask.tell(tasks)
        for core in pools { core.terminate() }
        SignalPolicy.announce(signal)
        // Nobody signals it.
        _ = Parker().wait(until: deadline)
        let left = RunningTask.all(of: PoolRegistry.all)
        Notice.write("\(name(signal)): \(grace) have passed; \(left.count) still in flight")
        RunningTask.tell(left)
        end(signal)
    }

    /// Called for a pool that has just been made.
    static func check(_ core: PoolCore) {
        if hasBegun.load(ordering: .sequentiallyConsistent) { core.terminate() }
    }

    /// Reports the failures that nobody has retrieved, and ends the process as the signal does by default.
    static func end(_ signal: Int32) -> Never {
        PoolRegistry.reportUnretrieved()
        Recorder.recordEnd(status: 128 &+ signal)
        pooltrace_signals_flush()
        pooltrace_signals_end(signal)
    }

    private static func name(_ signal: Int32) -> String { signal == SIGINT ? "SIGINT" : "SIGTERM" }
}

extension PoolCore {
    /// How many jobs are queued or run.
    fileprivate var unfinished: Int {
        let counts = counts
        return counts.submitted > counts.completed ? Int(clamping: counts.submitted &- counts.completed) : 0
    }
}
