internal import TraceAnalysis

/// How many tasks of each pool wait in a queue, and how many of its workers run one, as that changes.
///
/// Moments are sorted with their tasks' positions: to put a task together for each comparison takes far longer than the
/// sorting.
struct LoadChanges {
    enum Kind: CaseIterable {
        case queued, running
    }

    private let run: Run

    init(_ run: Run) { self.run = run }

    /// Calls `changed` with a pool's new number each time it changes, in order of time; once for a moment.
    func forEach(_ kind: Kind, _ changed: (_ pool: UInt32, _ time: UInt64, _ count: Int) -> Void) {
        switch kind {
        case .queued: queued(changed)
        case .running: running(changed)
        }
    }

    private func queued(_ changed: (UInt32, UInt64, Int) -> Void) {
        var levels = Levels()
        var joins: ContiguousArray<Moment> = []
        var leaves: ContiguousArray<Moment> = []
        for task in run.tasks.entries {
            guard !task.isMap, let submitted = task.submitted, run.state(of: task) != .overwritten else { continue }
            let left = max(submitted, task.started ?? task.ended ?? UInt64.max)
            joins.append(Moment(time: submitted, subject: task.pool))
            leaves.append(Moment(time: left, subject: task.pool))
        }
        Self.sort(&joins)
        Self.sort(&leaves)
        var leave = 0
        for join in joins {
            while leave < leaves.count, leaves[leave].time < join.time {
                levels.add(-1, to: leaves[leave].subject, at: leaves[leave].time, changed)
                leave += 1
            }
            levels.add(1, to: join.subject, at: join.time, changed)
        }
        for gone in leaves[leave...] where gone.time < UInt64.max {
            levels.add(-1, to: gone.subject, at: gone.time, changed)
        }
        levels.finish(changed)
    }

    private func running(_ changed: (UInt32, UInt64, Int) -> Void) {
        var levels = Levels()
        let entries = run.tasks.entries
        let pools = Dictionary(run.workers.map { ($0.id, $0.pool) }, uniquingKeysWith: { first, _ in first })
        // How many tasks a worker runs at a time, one inside the wait of another.
        var depths: [UInt32: Int] = [:]
        func step(_ worker: UInt32, by change: Int, at time: UInt64) {
            let before = depths[worker, default: 0]
            depths[worker] = before + change
            guard let pool = pools[worker] else { return }
            if before == 0, change > 0 { levels.add(1, to: pool, at: time, changed) }
            if before == 1, change < 0 { levels.add(-1, to: pool, at: time, changed) }
        }
        var starts: ContiguousArray<Moment> = []
        var ends: ContiguousArray<Moment> = []
        for position in run.startOrder {
            let task = entries[Int(position)]
            if task.wasSuspended { continue }
            starts.append(Moment(time: task.started ?? 0, subject: task.worker))
            if let ended = task.ended { ends.append(Moment(time: max(task.started ?? 0, ended), subject: task.worker)) }
        }
        Self.sort(&ends)
        // Async tasks come and go: a start and an end for each of their segments.
        let segments = run.suspensions.values.flatMap(\.segments)
        let comes = segments.sorted { $0.start < $1.start }
        let goes = segments.sorted { $0.end < $1.end }
        var (start, end, come, go) = (0, 0, 0, 0)
        while start < starts.count || end < ends.count || come < comes.count || go < goes.count {
            let starting = start < starts.count ? starts[start].time : .max
            let coming = come < comes.count ? comes[come].start : .max
            let ending = end < ends.count ? ends[end].time : .max
            let going = go < goes.count ? goes[go].end : .max
            // At the same moment starts go first: a task of no length has one before its end.
            let time = min(starting, coming, ending, going)
            if starting == time, start < starts.count {
                step(starts[start].subject, by: 1, at: time)
                start += 1
            } else if coming == time, come < comes.count {
                step(comes[come].worker, by: 1, at: time)
                come += 1
            } else if ending == time, end < ends.count {
                step(ends[end].subject, by: -1, at: time)
                end += 1
            } else {
                step(goes[go].worker, by: -1, at: time)
                go += 1
            }
        }
        levels.finish(changed)
    }

    /// When the number of a pool, or of a worker's tasks, changes.
    private struct Moment {
        let time: UInt64
        /// The pool, or the worker.
        let subject: UInt32
    }

    private static func sort(_ moments: inout ContiguousArray<Moment>) { moments.sort { $0.time < $1.time } }
}

/// The current number of each pool; what changes several times in a moment is told once.
private struct Levels {
    private struct Level {
        var count = 0
        var told = 0
        var time: UInt64 = 0
    }

    private var levels: [UInt32: Level] = [:]

    mutating func add(_ change: Int, to pool: UInt32, at time: UInt64, _ changed: (UInt32, UInt64, Int) -> Void) {
        var level = levels[pool] ?? Level(time: time)
        if level.time != time { Self.tell(pool, &level, changed) }
        level.count += change
        level.time = time
        levels[pool] = level
    }

    mutating func finish(_ changed: (UInt32, UInt64, Int) -> Void) {
        for (pool, level) in levels.sorted(by: { $0.key < $1.key }) {
            var level = level
            Self.tell(pool, &level, changed)
        }
    }

    private static func tell(_ pool: UInt32, _ level: inout Level, _ changed: (UInt32, UInt64, Int) -> Void) {
        guard level.count != level.told else { return }
        changed(pool, level.time, level.count)
        level.told = level.count
    }
}
