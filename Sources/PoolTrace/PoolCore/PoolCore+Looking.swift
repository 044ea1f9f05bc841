import CPoolRecorder
import PoolModel
import Synchronization

// MARK: - What another thread sees of the queue, from counts that are there anyway

extension PoolCore {
    /// How many jobs wait to be started; may be out of date at once.
    var queueLength: Int {
        var length: UInt64 = 0
        forEachQueue { _, published, started in length &+= published &- started }
        forEachWorker { length &+= $0.deque.count }
        return Int(clamping: length)
    }

    /// Goes over the queues whose jobs leave in the order in which they come: how many have ever come, and how many
    /// have left.
    ///
    /// - Parameter body: Its first argument tells the queues apart.
    func forEachQueue(_ body: (_ queue: UInt, _ published: UInt64, _ started: UInt64) -> Void) {
        var lane = lanes
        while let current = lane {
            // What has left is loaded first: it is never more than what has come.
            let claimed = current.claimed.value.pointee.load(ordering: .acquiring)
            body(UInt(bitPattern: current.bits), current.published.value.pointee.load(ordering: .acquiring), claimed)
            lane = current.next
        }
        for (queue, line) in [(UInt(1), urgent), (2, later)] {
            let published = line.published.value.pointee.load(ordering: .acquiring)
            body(queue, published, published &- min(line.count, published))
        }
    }

    /// Whether a task has run for longer than `limit`, in nanoseconds.
    func hasTaskRunning(for limit: UInt64, at now: UInt64) -> Bool {
        var isRunning = false
        Inspection.run {
            forEachWorker { worker in
                let bits = UInt(worker.current.value.pointee.load(ordering: .acquiring))
                guard let shown = UnsafePointer<TaskContext.Shown>(bitPattern: bits) else { return }
                if pooltrace_clock_nanoseconds(shown.pointee.start, now) > limit { isRunning = true }
            }
        }
        return isRunning
    }

    /// How many tasks have ended, with those elements of maps whose chunk has begun.
    var begunTasks: UInt64 {
        var begun = counts.completed
        forEachWorker { begun &+= $0.elements.value.pointee.load(ordering: .relaxed) }
        return begun
    }
}
