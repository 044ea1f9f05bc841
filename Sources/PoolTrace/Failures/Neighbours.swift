import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// The tasks that other workers were running at the moment of a failure, as they are found: what they are called is
/// looked up later.
struct Neighbours {
    struct Task {
        /// The worker's number in its pool, and in the process.
        let worker: UInt32
        let id: UInt32
        let job: Job
        /// Keeps the parent that `job` refers to.
        let parent: TaskNode
        let running: UInt64
    }

    private(set) var tasks: [Task] = []
    /// How many are left out, since an event has no room for them.
    private(set) var omitted: UInt32 = 0

    static func others(than own: Worker, at now: UInt64) -> Neighbours {
        var neighbours = Neighbours()
        let pools = PoolRegistry.all
        // The fence of an inspection takes microseconds, and a worker that is seen to run nothing is left alone anyway.
        guard pools.contains(where: { $0.runsTask(besides: own) }) else { return neighbours }
        Inspection.run {
            for core in pools {
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
        guard tasks.count < TextLimit.neighbours.count else { return omitted += 1 }
        let job = TaskContext.Shown.job(of: shown)
        tasks.append(
            Task(
                worker: worker.number, id: worker.id, job: job, parent: job.parentNode,
                running: pooltrace_clock_nanoseconds(shown.pointee.start, max(shown.pointee.start, now))))
    }
}

extension PoolCore {
    fileprivate func runsTask(besides own: Worker) -> Bool {
        var isFound = false
        forEachWorker { worker in
            if worker != own, worker.current.value.pointee.load(ordering: .relaxed) != 0 { isFound = true }
        }
        return isFound
    }
}

// MARK: - Described

extension Neighbours {
    /// The same as a report shows them, and as the failure's event carries them.
    struct Described {
        private(set) var shown: [Failure.Neighbour] = []
        private(set) var omitted: UInt32
        /// By neighbour: the worker's number in the process, the number of the task's name, and how long it had run.
        private(set) var workers: [UInt64] = []
        private(set) var names: [UInt64] = []
        private(set) var times: [UInt64] = []
        /// Their paths, with a newline between, which no path has.
        private(set) var paths = ""

        fileprivate init(omitted: UInt32) { self.omitted = omitted }

        fileprivate mutating func add(_ task: Task) {
            let limit = TextLimit.neighbours.paths
            let path = TextLimit.cut(task.job.path.description, to: limit)
            guard paths.utf8.count + 1 + path.utf8.count <= limit || paths.isEmpty else { return omitted += 1 }
            shown.append(
                Failure.Neighbour(
                    worker: task.worker, path: path, name: Recorder.name(task.job.name), running: task.running))
            workers.append(UInt64(task.id))
            names.append(UInt64(task.job.name))
            times.append(task.running)
            paths += (paths.isEmpty ? "" : "\n") + path
        }
    }

    var described: Described {
        var described = Described(omitted: omitted)
        for task in tasks { described.add(task) }
        return described
    }
}
