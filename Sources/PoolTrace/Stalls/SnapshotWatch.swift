public import PoolModel
import PoolRecorder
import Synchronization

/// Keeps the ring as a snapshot at the moment that a bound is passed: a task that waits or runs for too long, a queue
/// that is too long, too many failures.
///
/// The environment asks for it with `POOLTRACE_SNAPSHOT_WHEN`, `pooltrace run` with `--snapshot-when`, and a program
/// with `start(when:in:every:last:)`. Each snapshot is a trace of its own, with a mark that says why it was kept. A
/// thread of PoolTrace's looks at the pools, some times in the time of the shortest bound; tasks and submits do nothing
/// for it. In serial mode nothing is watched.
public enum SnapshotWatch {
    private static let hasStarted = Atomic(false)

    /// Watches the pools of the process from now on; a second call, and one where the environment asks for it already,
    /// does nothing.
    ///
    /// ```swift
    /// try SnapshotWatch.start(when: SnapshotBound.list("run>10s, queue>1000"), in: "snapshots")
    /// ```
    ///
    /// - Parameters:
    ///   - bounds: Any of them will do.
    ///   - directory: Where the snapshots go; it is made when the first is kept.
    ///   - interval: The least time between two snapshots.
    ///   - last: How many are kept: then the oldest is removed.
    public static func start(
        when bounds: [SnapshotBound], in directory: String, every interval: Duration = .seconds(10), last: Int = 10
    ) {
        KeptSnapshots.configure(directory: directory, interval: interval, last: last)
        begin(bounds)
    }

    /// Called for each pool: begins if the environment says so.
    static func watch() {
        let settings = Settings.current
        guard !settings.snapshotWhen.isEmpty else { return }
        begin(settings.snapshotWhen)
    }

    private static func begin(_ bounds: [SnapshotBound]) {
        guard Settings.current.mode == .parallel, Settings.current.replay == nil, !bounds.isEmpty,
            !hasStarted.exchange(true, ordering: .relaxed)
        else { return }
        // Tasks may be quicker than the thread's start.
        let start = SnapshotLook.Ended.now
        BackgroundThread.start(name: "snapshots") {
            OtherThreads.addOwn()
            var look = SnapshotLook(bounds, since: start)
            let pause = Parker()
            while true {
                _ = pause.waitHere(until: KernelTime.now + look.interval)
                look.look(at: PoolRegistry.all) { KeptSnapshots.keep($0, task: $1) }
            }
        }
    }
}
