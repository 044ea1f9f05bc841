internal import TraceAnalysis

/// How many tasks of each pool wait in a queue, and how many of its workers run one, as that changes.
///
/// Positions are sorted and not moments: four bytes a task and kind of moment.
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
        let waiting = positions { !$0.isMap && $0.submitted != nil && run.state(of: $0) != .overwritten }
        let entries = run.tasks.entries
        func left(_ task: TaskEntry) -> UInt64 { max(task.submitted ?? 0, task.started ?? task.ended ?? UInt64.max) }
        let joins = sorted(waiting) { entries[Int($0)].submitted ?? 0 }
        let leaves = sorted(waiting) { left(entries[Int($0)]) }
        var leave = 0
        for join in joins {
            let task = entries[Int(join)]
            let time = task.submitted ?? 0
            while leave < leaves.count, left(entries[Int(leaves[leave])]) < time {
                let gone = entries[Int(leaves[leave])]
                levels.add(-1, to: gone.pool, at: left(gone), changed)
                leave += 1
            }
            levels.add(1, to: task.pool, at: time, changed)
        }
        for position in leaves[leave...] {
            let gone = entries[Int(position)]
            if left(gone) < UInt64.max { levels.add(-1, to: gone.pool, at: left(gone), changed) }
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
        let whole = ContiguousArray(run.startOrder.filter { !entries[Int($0)].wasSuspended })
        let ended = ContiguousArray(whole.filter { entries[Int($0)].ended != nil })
        let ends = sorted(ended) { self.end(of: entries[Int($0)]) }
        // Async tasks come and go: a start and an end for each of their segments.
        let segments = run.suspensions.values.flatMap(\.segments)
        let comes = segments.sorted { $0.start < $1.start }
        let goes = segments.sorted { $0.end < $1.end }
        var (start, end, come, go) = (0, 0, 0, 0)
        while start < whole.count || end < ends.count || come < comes.count || go < goes.count {
            let starts = start < whole.count ? entries[Int(whole[start])].started ?? 0 : .max
            let coming = come < comes.count ? comes[come].start : .max
            let ending = end < ends.count ? self.end(of: entries[Int(ends[end])]) : .max
            let going = go < goes.count ? goes[go].end : .max
            // At the same moment starts go first: a task of no length has one before its end.
            let time = min(starts, coming, ending, going)
            if starts == time, start < whole.count {
                step(entries[Int(whole[start])].worker, by: 1, at: time)
                start += 1
            } else if coming == time, come < comes.count {
                step(comes[come].worker, by: 1, at: time)
                come += 1
            } else if ending == time, end < ends.count {
                step(entries[Int(ends[end])].worker, by: -1, at: time)
                end += 1
            } else {
                step(goes[go].worker, by: -1, at: time)
                go += 1
            }
        }
        levels.finish(changed)
    }

    private func end(of task: TaskEntry) -> UInt64 { max(task.started ?? 0, task.ended ?? run.end) }

    private func positions(where isIncluded: (TaskEntry) -> Bool) -> ContiguousArray<UInt32> {
        var positions: ContiguousArray<UInt32> = []
        for (position, task) in run.tasks.entries.enumerated() where isIncluded(task) {
            positions.append(UInt32(truncatingIfNeeded: position))
        }
        return positions
    }

    /// Most come sorted: then nothing is moved.
    private func sorted(_ positions: ContiguousArray<UInt32>, by time: (UInt32) -> UInt64) -> ContiguousArray<UInt32> {
        var sorted = positions
        sorted.sort { time($0) < time($1) }
        return sorted
    }
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
