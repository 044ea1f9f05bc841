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
    ///   - limit: The number of changes sorted at a time: all of a run of millions of tasks would take more memory than
    ///     the run.
    static func time(
        of run: Run, pool: UInt32?, waits: some Sequence<Run.Wait>, limit: Int = 1 << 20,
        while holds: (PoolLoad) -> Bool
    ) -> UInt64 {
        var load = PoolLoad()
        var (total, last): (UInt64, UInt64) = (0, run.start)
        for slice in slices(of: run, pool, waits, limit) {
            var changes: [Change] = []
            forEachChange(of: run, pool, waits) { if slice.contains($0.time) { changes.append($0) } }
            changes.sort { $0.time < $1.time }
            for change in changes {
                if change.time > last {
                    if holds(load) { total &+= change.time - last }
                    last = change.time
                }
                load.queued += Int(change.queued)
                load.running += Int(change.running)
                load.waiting += Int(change.waiting)
            }
        }
        return total
    }

    private static let parts = 1024

    /// The run's time in slices with `limit` changes each, and not many more.
    private static func slices(
        of run: Run, _ pool: UInt32?, _ waits: some Sequence<Run.Wait>, _ limit: Int
    ) -> [ClosedRange<UInt64>] {
        let part = run.duration / UInt64(parts) + 1
        var counts = [Int](repeating: 0, count: parts)
        forEachChange(of: run, pool, waits) { change in
            counts[min(parts - 1, Int(clamping: run.offset(change.time) / part))] += 1
        }
        var slices: [ClosedRange<UInt64>] = []
        var (first, sum): (UInt64, Int) = (0, 0)
        for (place, count) in counts.enumerated() {
            let begin = run.start &+ UInt64(place) * part
            if sum > 0, sum + count > limit, begin > first {
                slices.append(first...begin - 1)
                (first, sum) = (begin, 0)
            }
            sum += count
        }
        return slices + [first...UInt64.max]
    }

    private static func forEachChange(
        of run: Run, _ pool: UInt32?, _ waits: some Sequence<Run.Wait>, _ body: (Change) -> Void
    ) {
        for task in run.tasks.entries where task.isShown && (pool == nil || task.pool == pool) {
            // Async tasks that leave their workers hold none.
            if task.wasSuspended || task.pool == 0 { continue }
            if let submitted = task.submitted, run.state(of: task) != .overwritten {
                let left = max(submitted, task.started ?? task.ended ?? run.end)
                body(Change(time: submitted, queued: 1, running: 0, waiting: 0))
                body(Change(time: left, queued: -1, running: 0, waiting: 0))
            }
            guard let started = task.started else { continue }
            body(Change(time: started, queued: 0, running: 1, waiting: 0))
            body(Change(time: max(started, task.ended ?? run.end), queued: 0, running: -1, waiting: 0))
        }
        for wait in waits {
            body(Change(time: wait.start, queued: 0, running: 0, waiting: 1))
            body(Change(time: max(wait.start, wait.ended ?? run.end), queued: 0, running: 0, waiting: -1))
        }
    }
}
