/// How many tasks of a pool, or of all, wait in the queue, run, and wait for others while they run, over time.
struct PoolLoad {
    private(set) var queued = 0
    private(set) var running = 0
    private(set) var waiting = 0

    /// Tasks that run and wait for nothing.
    ///
    /// One that runs another on its stack, while it waits for it, waits; the other is counted.
    var active: Int { max(0, running - waiting) }

    private struct Change {
        let time: UInt64
        let queued: Int8
        let running: Int8
        let waiting: Int8
    }

    /// Adds up the time in which a condition holds, in nanoseconds.
    ///
    /// - Parameters:
    ///   - pool: A pool's number; `nil` for all tasks.
    ///   - waits: The waits that count.
    static func time(
        of run: Run, pool: UInt32?, waits: [Run.Wait], while holds: (PoolLoad) -> Bool
    ) -> UInt64 {
        var changes: [Change] = []
        for task in run.tasks.entries where task.isShown && (pool == nil || task.pool == pool) {
            // Async tasks that leave their workers hold none.
            if task.wasSuspended || task.pool == 0 { continue }
            if let submitted = task.submitted, run.state(of: task) != .overwritten {
                let left = max(submitted, task.started ?? task.ended ?? run.end)
                changes.append(Change(time: submitted, queued: 1, running: 0, waiting: 0))
                changes.append(Change(time: left, queued: -1, running: 0, waiting: 0))
            }
            guard let started = task.started else { continue }
            changes.append(Change(time: started, queued: 0, running: 1, waiting: 0))
            changes.append(Change(time: max(started, task.ended ?? run.end), queued: 0, running: -1, waiting: 0))
        }
        for wait in waits {
            changes.append(Change(time: wait.start, queued: 0, running: 0, waiting: 1))
            changes.append(Change(time: max(wait.start, wait.ended ?? run.end), queued: 0, running: 0, waiting: -1))
        }
        changes.sort { $0.time < $1.time }
        var load = PoolLoad()
        var (total, last): (UInt64, UInt64) = (0, changes.first?.time ?? 0)
        for change in changes {
            if change.time > last {
                if holds(load) { total &+= change.time - last }
                last = change.time
            }
            load.queued += Int(change.queued)
            load.running += Int(change.running)
            load.waiting += Int(change.waiting)
        }
        return total
    }
}
