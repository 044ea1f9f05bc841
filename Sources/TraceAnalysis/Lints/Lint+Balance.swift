internal import PoolModel

// How work is cut and spread: workers with too much, tasks that are too small, tasks that the run waits for in the end.
extension Run {
    var balanceLints: [Lint] {
        let statistics = RunStatistics(self, filter: TaskFilter().bound(to: self))
        return unevenWorkers(statistics) + tinyTasks(statistics) + stragglers(statistics)
    }

    // MARK: Workers

    /// What a pool's workers did.
    private struct Work {
        /// How long each worker ran tasks, without their waits for others.
        var busy: [UInt32: UInt64] = [:]
        var tasks = 0
        /// The longest that one task ran without waits.
        var longest: UInt64 = 0
    }

    private func work(_ statistics: RunStatistics) -> [UInt32: Work] {
        var found: [UInt32: Work] = [:]
        for row in statistics.workerRows {
            guard case .worker(let id) = row.group, let pool = worker(id)?.pool else { continue }
            found[pool, default: Work()].tasks += row.count
            found[pool]?.busy[id] = row.busy
            let longest = found[pool]?.longest ?? 0
            found[pool]?.longest = max(longest, row.runTime?.max ?? 0)
        }
        // Where no task waits for another, or leaves its worker, that is all.
        if waited.isEmpty, suspensions.isEmpty { return found }
        var own: [UInt32: (busy: UInt64, longest: UInt64)] = [:]
        for (position, task) in tasks.entries.enumerated() where task.isShown {
            if task.wasSuspended, let suspensions = suspensions[task.number] {
                for segment in suspensions.segments {
                    own[segment.worker, default: (0, 0)].busy &+= segment.end - segment.start
                }
                own[task.worker, default: (0, 0)].longest = max(own[task.worker]?.longest ?? 0, suspensions.runTime)
            } else if let started = task.started {
                let whole = max(started, task.ended ?? end) - started
                let length = whole - min(whole, waited.isEmpty ? 0 : waited[position])
                let known = own[task.worker] ?? (0, 0)
                own[task.worker] = (known.busy &+ length, max(known.longest, length))
            }
        }
        for (pool, work) in found {
            // Where a wait is lost, a task and the one inside it count twice.
            for (id, busy) in work.busy { found[pool]?.busy[id] = min(busy, own[id]?.busy ?? 0) }
            found[pool]?.longest = work.busy.keys.compactMap { own[$0]?.longest }.max() ?? 0
        }
        return found
    }

    private func unevenWorkers(_ statistics: RunStatistics) -> [Lint] {
        let work = work(statistics)
        return pools.compactMap { pool in
            guard pool.workers >= 2, let own = work[pool.number],
                own.tasks >= LintThreshold.unevenTasksPerWorker * Int(pool.workers),
                let busiest = own.busy.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })
            else { return nil }
            // Substitutes stand for workers whose tasks wait: what they do is work of the pool's number of workers.
            let count = UInt64(pool.workers) - 1
            let others = own.busy.values.reduce(0, &+) &- busiest.value
            let (othersMean, mean) = (others / count, (others &+ busiest.value) / (count + 1))
            let loss = busiest.value - min(busiest.value, mean)
            guard Double(busiest.value) >= LintThreshold.unevenFactor * Double(othersMean),
                LintThreshold.isWorthwhile(loss, of: statistics.makespan),
                // One long task cannot be spread: that is another lint's.
                own.longest < loss
            else { return nil }
            let number = worker(busiest.key)?.number ?? busiest.key
            return Lint(
                .unevenWorkers,
                "worker \(number) of \(called(pool: pool.number)) was busy for \(DurationText.text(nanoseconds: busiest.value)), "
                    + "the others for \(DurationText.text(nanoseconds: othersMean)) on average", workers: [busiest.key])
        }
    }

    // MARK: Tasks

    private func tinyTasks(_ statistics: RunStatistics) -> [Lint] {
        let tiny = statistics.names.filter { row in
            guard let times = row.runTime, case .name(let group) = row.group, group.isOne else { return false }
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
            guard case .name(let group) = row.group, group.isOne, let times = row.runTime,
                times.count >= LintThreshold.stragglerGroup
            else { continue }
            let (bound, overflow) = max(1, times.p50).multipliedReportingOverflow(by: LintThreshold.stragglerFactor)
            if !overflow, times.max >= bound, times.max >= LintThreshold.minimumLoss { usual[group] = bound }
        }
        guard !usual.isEmpty else { return [] }
        // Without the time in which it waits for others: it is as long as those are.
        func length(_ position: Int) -> UInt64 { selfTime(at: position) ?? 0 }
        var groups = NameGroups(self)
        var long: [TaskTimes.Group: [Int]] = [:]
        for (position, task) in tasks.entries.enumerated() where task.isShown && task.started != nil {
            let group = groups.group(of: task)
            if let bound = usual[group], length(position) >= bound { long[group, default: []].append(position) }
        }
        return statistics.names.compactMap { row in
            guard case .name(let group) = row.group, let positions = long[group], let times = row.runTime,
                Double(positions.count) <= max(1, LintThreshold.stragglerShare * Double(row.count))
            else { return nil }
            let sorted = positions.sorted { length($0) > length($1) }
            let pool = tasks.entries[sorted[0]].pool
            let numbers = Set(positions.map { tasks.entries[$0].number })
            // The time in which of the whole pool only these run.
            let alone = PoolLoad.time(
                of: self, pool: pool, waits: waits.lazy.filter { isWait($0, in: pool) }, marks: numbers
            ) {
                $0.marked > 0 && $0.marked == $0.active
            }
            guard LintThreshold.isWorthwhile(alone, of: statistics.makespan) else { return nil }
            return Lint(
                .stragglers,
                "\(called(tasks: sorted, of: sorted.count)) ran for \(sorted.count > 1 ? "up to " : "")"
                    + "\(DurationText.text(nanoseconds: length(sorted[0]))), half of the \(times.count) tasks \(group.called) for at most "
                    + "\(DurationText.text(nanoseconds: times.p50)): for \(DurationText.text(nanoseconds: alone)) nothing else ran in "
                    + called(pool: pool) + (sorted.first.map { time(ofTask: tasks.entries[$0].number) } ?? ""),
                tasks: sorted.map { tasks.entries[$0].number },
                workers: Set(sorted.map { tasks.entries[$0].worker }).filter { $0 != TaskEntry.noWorker }.sorted(),
                remedy: isAsync(tasks.entries[sorted[0]]) ? Lint.Kind.stragglers.asyncRemedy : nil)
        }
    }

    private func isWait(_ wait: Wait, in pool: UInt32) -> Bool {
        tasks.position(of: wait.task).map { tasks.entries[$0].started != nil && tasks.entries[$0].pool == pool }
            ?? false
    }
}

extension TaskTimes.Group {
    /// Whether its tasks have something in common.
    fileprivate var isOne: Bool { self != .unnamed && self != .others }

    /// The group as a sentence names it.
    fileprivate var called: String {
        switch self {
        case .name(let name): "\"\(name)\""
        case .site(let site): "submitted at \(site)"
        case .unnamed, .others: title
        }
    }
}

// MARK: - Where the time went

extension Run {
    /// Where a task spent most of its time, as far as samples tell: `; 88% of it in parse(_:) at Parser.swift:41`.
    private func time(ofTask number: UInt64) -> String {
        guard !samples.all.isEmpty else { return "" }
        let profiles = Profile.Aspect.allCases.map { Profile(self, aspect: $0, task: number) }
        let whole = profiles.reduce(0) { $0 &+ $1.amount.weight }
        let longest = profiles.compactMap { profile in profile.functions.first.map { (profile.aspect, $0) } }
            .max { $0.1.own.weight < $1.1.own.weight }
        guard let (aspect, function) = longest, whole > 0 else { return "" }
        let share = Int((Double(function.own.weight) / Double(whole) * 100).rounded())
        let file = function.frame.file.split(separator: "/").suffix(2).joined(separator: "/")
        let place = function.frame.line > 0 && !file.isEmpty ? " at \(file):\(function.frame.line)" : ""
        return "; \(share)% of its samples \(aspect == .blocked ? "blocked " : "")in \(function.frame.function)\(place)"
    }
}
