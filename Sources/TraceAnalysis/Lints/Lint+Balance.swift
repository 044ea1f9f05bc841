internal import PoolModel

// How work is cut and spread: workers with too much, tasks that are too small, tasks that the run waits for in the end.
extension Run {
    var balanceLints: [Lint] {
        let statistics = RunStatistics(self, filter: TaskFilter().bound(to: self))
        return unevenWorkers(statistics) + tinyTasks(statistics) + stragglers(statistics)
    }

    // MARK: Workers

    private func unevenWorkers(_ statistics: RunStatistics) -> [Lint] {
        let rows = Dictionary(grouping: statistics.workerRows) { row -> UInt32 in
            if case .worker(let id) = row.group { return worker(id)?.pool ?? 0 }
            return 0
        }
        return pools.compactMap { pool in
            guard pool.workers >= 2, let own = rows[pool.number],
                own.reduce(0, { $0 + $1.count }) >= LintThreshold.unevenTasksPerWorker * Int(pool.workers),
                let busiest = own.max(by: { $0.busy < $1.busy }), case .worker(let id) = busiest.group
            else { return nil }
            let others = own.reduce(0) { $0 &+ $1.busy } &- busiest.busy
            let count = UInt64(max(own.count, Int(pool.workers)) - 1)
            let (othersMean, mean) = (others / count, (others &+ busiest.busy) / (count + 1))
            let loss = busiest.busy - min(busiest.busy, mean)
            guard Double(busiest.busy) >= LintThreshold.unevenFactor * Double(othersMean),
                LintThreshold.isWorthwhile(loss, of: statistics.makespan),
                // One long task, or one that waits for others, cannot be spread: that is another lint's.
                (busiest.runTime?.max ?? 0) < loss
            else { return nil }
            let number = worker(id)?.number ?? id
            return Lint(
                .unevenWorkers,
                "worker \(number) of \(called(pool: pool.number)) was busy for \(DurationText.text(nanoseconds: busiest.busy)), the others "
                    + "for \(DurationText.text(nanoseconds: othersMean)) on average", workers: [id])
        }
    }

    // MARK: Tasks

    private func tinyTasks(_ statistics: RunStatistics) -> [Lint] {
        let tiny = statistics.names.filter { row in
            guard let times = row.runTime, case .name(let group) = row.group, group != .others else { return false }
            return times.count >= LintThreshold.tinyTasks && times.p50 <= LintThreshold.tinyRunTime
        }
        guard !tiny.isEmpty else { return [] }
        // Elements of maps are handed over in chunks: they may be as small as they like.
        let elements = groupsOfElements
        return tiny.compactMap { row in
            guard case .name(let group) = row.group, !elements.contains(group), let times = row.runTime else {
                return nil
            }
            return Lint(
                .tinyTasks,
                "half of the \(times.count) tasks \(group.called) ran for at most \(DurationText.text(nanoseconds: times.p50)), "
                    + "about the cost of handing a task to a worker")
        }
    }

    private var groupsOfElements: Set<TaskTimes.Group> {
        var groups = NameGroups(self)
        var found: Set<TaskTimes.Group> = []
        var last: (name: UInt32, site: UInt32)?
        for task in tasks.entries where task.isElement && (last?.name != task.name || last?.site != task.site) {
            last = (task.name, task.site)
            found.insert(groups.group(of: task))
        }
        return found
    }

    // MARK: Stragglers

    private func stragglers(_ statistics: RunStatistics) -> [Lint] {
        var usual: [TaskTimes.Group: UInt64] = [:]
        for row in statistics.names {
            guard case .name(let group) = row.group, group != .others, let times = row.runTime,
                times.count >= LintThreshold.stragglerGroup
            else { continue }
            let (bound, overflow) = max(1, times.p50).multipliedReportingOverflow(by: LintThreshold.stragglerFactor)
            if !overflow, times.max >= bound, times.max >= LintThreshold.minimumLoss { usual[group] = bound }
        }
        guard !usual.isEmpty else { return [] }
        var waits = ContiguousArray(repeating: false, count: tasks.entries.count)
        for wait in self.waits { if let position = tasks.position(of: wait.task) { waits[position] = true } }
        var groups = NameGroups(self)
        var long: [TaskTimes.Group: [Int]] = [:]
        var lastOther: [UInt32: UInt64] = [:]
        for (position, task) in tasks.entries.enumerated() where task.isShown && task.started != nil {
            let group = groups.group(of: task)
            // One that waits for others, or is suspended, is as long as those are.
            if let bound = usual[group], !task.wasSuspended, (runTime(of: task) ?? 0) >= bound,
                !waits[position]
            {
                long[group, default: []].append(position)
            } else if !waits[position] {
                lastOther[task.pool] = max(lastOther[task.pool] ?? 0, task.ended ?? end)
            }
        }
        return statistics.names.compactMap { row in
            guard case .name(let group) = row.group, let positions = long[group], let times = row.runTime,
                Double(positions.count) <= max(1, LintThreshold.stragglerShare * Double(row.count))
            else { return nil }
            func end(_ position: Int) -> UInt64 { tasks.entries[position].ended ?? 0 }
            func others(_ position: Int) -> UInt64 { max(start, lastOther[tasks.entries[position].pool] ?? start) }
            let late = positions.filter { end($0) > others($0) }
            let tail = late.map { end($0) - others($0) }.max() ?? 0
            guard LintThreshold.isWorthwhile(tail, of: statistics.makespan) else { return nil }
            let sorted = late.sorted { (runTime(of: tasks.entries[$0]) ?? 0) > (runTime(of: tasks.entries[$1]) ?? 0) }
            let longest = sorted.first.flatMap { runTime(of: tasks.entries[$0]) } ?? 0
            return Lint(
                .stragglers,
                "\(called(tasks: sorted, of: sorted.count)) ran for \(sorted.count > 1 ? "up to " : "")"
                    + "\(DurationText.text(nanoseconds: longest)), half of the \(times.count) tasks \(group.called) for at most "
                    + "\(DurationText.text(nanoseconds: times.p50)): the last \(DurationText.text(nanoseconds: tail)) of the run",
                tasks: sorted.map { tasks.entries[$0].number },
                workers: Set(sorted.map { tasks.entries[$0].worker }).filter { $0 != TaskEntry.noWorker }.sorted())
        }
    }
}

extension TaskTimes.Group {
    /// The group as a sentence names it.
    fileprivate var called: String {
        switch self {
        case .name(let name): "\"\(name)\""
        case .site(let site): "submitted at \(site)"
        case .others: "of other names"
        }
    }
}
