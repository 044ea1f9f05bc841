import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// A task that runs at the moment: for whoever asks what the process is doing.
struct InFlight: CustomStringConvertible {
    let path: String
    let name: UInt32
    let site: UInt32
    let worker: UInt32
    let pool: String
    /// Whether it is the run of a `TracedThread`.
    let isThread: Bool
    /// How long it has run, in nanoseconds.
    let running: UInt64

    /// Every task that a worker runs, innermost where tasks wait for each other on one stack; none where the kernel has no fence for all
    /// threads.
    static func all() -> [InFlight] {
        var tasks: [InFlight] = []
        let now = pooltrace_clock_now()
        Inspection.run {
            for core in PoolRegistry.all {
                core.forEachWorker { worker in
                    if let task = InFlight(worker, of: core, at: now) { tasks.append(task) }
                }
            }
        }
        return tasks
    }

    /// Inside an inspection.
    private init?(_ worker: Worker, of core: PoolCore, at now: UInt64) {
        let bits = UInt(worker.current.value.pointee.load(ordering: .acquiring))
        guard let shown = UnsafePointer<TaskContext.Shown>(bitPattern: bits) else { return nil }
        let job = TaskContext.Shown.job(of: shown)
        path = TextLimit.cut(job.path.description, to: TextLimit.short)
        (name, site, self.worker, pool) = (job.name, job.site, worker.number, core.name)
        isThread = core === RunningThreads.knownCore
        running = pooltrace_clock_nanoseconds(shown.pointee.start, max(shown.pointee.start, now))
    }

    /// `main.3 "walk", submitted at files/Walk.swift:41, on worker 2 of pool "files" for 1.24 s`.
    var description: String {
        let name = Recorder.name(name).map { " \"\($0)\"" } ?? ""
        let time = DurationText.text(nanoseconds: running)
        let site = Recorder.knownSite(site)
        return isThread
            ? "\(path)\(name), a thread started at \(site), for \(time)"
            : "\(path)\(name), submitted at \(site), on worker \(worker) of pool \"\(pool)\" for \(time)"
    }
}
