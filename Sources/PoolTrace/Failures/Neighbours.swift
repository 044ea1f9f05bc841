import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// The tasks that other workers were running at the moment of a failure: as a report shows them, and as the failure's
/// event carries them, which is the same ones.
struct Neighbours {
    private(set) var described: [Failure.Neighbour] = []
    /// How many are left out, since an event has no room for them.
    private(set) var omitted: UInt32 = 0

    /// By neighbour: the worker's number in the process, the number of the task's name, and how long it had run.
    private(set) var workers: [UInt64] = []
    private(set) var names: [UInt64] = []
    private(set) var times: [UInt64] = []
    /// Their paths, with a newline between, which no path has.
    private(set) var paths = ""

    static func others(than own: Worker, at now: UInt64) -> Neighbours {
        var neighbours = Neighbours()
        Inspection.run {
            for core in PoolRegistry.all {
                core.forEachWorker { worker in
                    if worker != own { neighbours.add(worker, at: now) }
                }
            }
        }
        return neighbours
    }

    /// Inside an inspection.
    private mutating func add(_ worker: Worker, at now: UInt64) {
        let bits = UInt(worker.current.value.pointee.load(ordering: .acquiring))
        guard let shown = UnsafePointer<TaskContext.Shown>(bitPattern: bits) else { return }
        let job = TaskContext.Shown.job(of: shown)
        let limit = TextLimit.neighbours
        let path = TextLimit.cut(job.path.description, to: limit.paths)
        guard described.count < limit.count, paths.utf8.count + 1 + path.utf8.count <= limit.paths || paths.isEmpty
        else { return omitted += 1 }
        let running = pooltrace_clock_nanoseconds(shown.pointee.start, max(shown.pointee.start, now))
        described.append(
            Failure.Neighbour(worker: worker.number, path: path, name: Recorder.name(job.name), running: running))
        workers.append(UInt64(worker.id))
        names.append(UInt64(job.name))
        times.append(running)
        paths += (paths.isEmpty ? "" : "\n") + path
    }
}
