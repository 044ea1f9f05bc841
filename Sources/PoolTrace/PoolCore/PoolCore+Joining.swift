import Glibc
import Synchronization

// A pool is quiet when every job that was ever shown is done with. Nobody counts them in one place: each worker counts
// what it completed and what its tasks submitted, each lane what was pushed. All counts only grow. Read all completions
// first, then all submissions: if they are equal, the pool was quiet at the moment between the two.
//
// Workers look at `joiners` each time they go to sleep or step aside, which the last of them does after the last job.
extension PoolCore {
    var isQuiet: Bool {
        let counts = counts
        return counts.completed == counts.submitted
    }

    /// Parks the calling thread until the pool is quiet.
    func waitUntilQuiet() {
        // What comes after the end is refused, and never counted.
        joiners.park { isQuiet || isDead.load(ordering: .acquiring) }
    }

    /// Called by a worker that has nothing to do, after a full fence.
    func tellJoiners() {
        if !joiners.isEmpty, isQuiet { joiners.admitAll() }
    }

    /// Waits for workers that have told a task's end and not counted its job yet: a moment, and not at all while a task
    /// runs or waits.
    func letWorkersCount() {
        var turns = 1000
        while turns > 0, !isQuiet {
            turns -= 1
            var isBusy = hasWork
            forEachWorker { if $0.current.value.pointee.load(ordering: .acquiring) != 0 { isBusy = true } }
            if isBusy { return }
            sched_yield()
        }
    }
}
