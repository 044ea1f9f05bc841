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
        let deadline = ContinuousClock.now.advanced(by: grace)
        hasBegun.store(true, ordering: .sequentiallyConsistent)
        let pools = PoolRegistry.all
        let tasks = InFlight.all()
        let queued = pools.reduce(0) { $0 + $1.unfinished } - tasks.count { !$0.isThread }
        for core in pools { core.terminate() }
        ServiceManager.stopping()
        Notice.write(
            "\(name(signal)): pools take no more tasks; \(max(0, queued)) queued, which end as cancelled, \(tasks.count) in flight, "
                + "asked to stop; the process ends in \(grace) at the latest, and at once at another signal")
        for task in tasks { Notice.write("in flight: \(task)") }
        SignalPolicy.announce(signal)
        sleep(until: deadline)
        let left = InFlight.all()
        Notice.write("\(name(signal)): the \(grace) are over; \(left.count) in flight")
        for task in left { Notice.write("in flight: \(task)") }
        end(signal)
    }

    /// Blocks the calling thread, one of our own.
    static func sleep(until deadline: ContinuousClock.Instant) {
        while case let left = ContinuousClock.now.duration(to: deadline), left > .zero {
            var time = timespec()
            time.tv_sec = Int(left.nanoseconds / 1_000_000_000)
            time.tv_nsec = Int(left.nanoseconds % 1_000_000_000)
            nanosleep(&time, nil)
        }
    }

    /// Called for a pool that has just been made.
    static func check(_ core: PoolCore) {
        if hasBegun.load(ordering: .sequentiallyConsistent) { core.terminate() }
    }

    /// Reports the failures that nobody has retrieved, and ends the process as the signal does by default.
    static func end(_ signal: Int32) -> Never {
        PoolRegistry.report(FailureRegistry.takeUnretrieved())
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
