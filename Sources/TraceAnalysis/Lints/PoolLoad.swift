/// How many tasks of a pool, or of all, wait in the queue, run, and wait for others while they run, over time.
struct PoolLoad {
    private(set) var queued = 0
    private(set) var running = 0
    private(set) var waiting = 0
    /// Of those that run and wait for nothing, the ones asked about.
    private(set) var marked = 0

    /// Tasks that run and wait for nothing.
    ///
    /// One that runs another on its stack, while it waits for it, waits; the other is counted.
    var active: Int { max(0, running - waiting) }

    private struct Change {
        let time: UInt64
        let queued: Int8
        let running: Int8
        let waiting: Int8
        var marked: Int8 = 0
    }

    /// Adds up the time in which a condition holds, in nanoseconds.
    ///
    /// - Parameters:
    ///   - pool: A pool's number; `nil` for all tasks.
    ///   - waits: The waits that count; those of async tasks that leave their workers meanwhile do not.
    ///   - marks: The tasks that `marked` counts, by their numbers.
    ///   - limit: The number of changes sorted at a time: all of a run of millions of tasks would take more memory than
    ///     the run.
    static func time(
        of run: Run, pool: UInt32?, waits: some Sequence<Run.Wait>, marks: Set<UInt64> = [], limit: Int = 1 << 20,
        while holds: (PoolLoad) -> Bool
    ) -> UInt64 {
        var load = PoolLoad()
        var (total, last): (UInt64, UInt64) = (0, run.start)
        for slice in slices(of: run, pool, waits, marks, limit) {
            var changes: [Change] = []
            forEachChange(of: run, pool, waits, marks) { if slice.contains($0.time) { changes.append($0) } }
            changes.sort { $0.time < $1.time }
            for change in changes {
                if change.time > last {
                    if holds(load) { total &+= change.time - last }
                    last = change.time
                }
                load.queued += Int(change.queued)
                load.running += Int(change.running)
                load.waiting += Int(change.waiting)
                load.marked += Int(change.marked)
            }
        }
        return total
    }

    private static let parts = 1024

    /// The run's time in slices with `limit` changes each, and not many more.
    private static func slices(
        of run: Run, _ pool: UInt32?, _ waits: some Sequence<Run.Wait>, _ marks: Set<UInt64>, _ limit: Int
    ) -> [ClosedRange<UInt64>] {
        let part = run.duration / UInt64(parts) + 1
        var counts = [Int](repeating: 0, count: parts)
        forEachChange(of: run, pool, waits, marks) { change in
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
        of run: Run, _ pool: UInt32?, _ waits: some Sequence<Run.Wait>, _ marks: Set<UInt64>, _ body: (Change) -> Void
    ) {
        func ran(from start: UInt64, to end: UInt64, _ mark: Int8) {
            body(Change(time: start, queued: 0, running: 1, waiting: 0, marked: mark))
            body(Change(time: max(start, end), queued: 0, running: -1, waiting: 0, marked: -mark))
        }
        for task in run.tasks.entries where task.isShown && (pool == nil || task.pool == pool) && task.pool != 0 {
            let mark: Int8 = marks.contains(task.number) ? 1 : 0
            // Async tasks that leave their workers run only in their segments.
            if task.wasSuspended {
                for segment in run.suspensions[task.number]?.segments ?? [] {
                    ran(from: segment.start, to: segment.end, mark)
                }
                continue
            }
            if let submitted = task.submitted, run.state(of: task) != .overwritten {
                let left = max(submitted, task.started ?? task.ended ?? run.end)
                body(Change(time: submitted, queued: 1, running: 0, waiting: 0))
                body(Change(time: left, queued: -1, running: 0, waiting: 0))
            }
            // Until a failed task's report is made its worker is busy with it.
            if let started = task.started {
                ran(from: started, to: max(task.ended ?? run.end, run.explanations[task.number] ?? 0), mark)
            }
        }
        for wait in waits {
            if let position = run.tasks.position(of: wait.task), run.tasks.entries[position].wasSuspended { continue }
            let mark: Int8 = marks.contains(wait.task) ? 1 : 0
            body(Change(time: wait.start, queued: 0, running: 0, waiting: 1, marked: -mark))
            body(Change(time: max(wait.start, wait.ended ?? run.end), queued: 0, running: 0, waiting: -1, marked: mark))
        }
    }
}
