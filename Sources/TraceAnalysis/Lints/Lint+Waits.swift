internal import PoolModel

// How tasks wait for others: all workers at once, or a parent for its children one by one.
extension Run {
    var waitLints: [Lint] { oneByOne }

    /// From the first submission to the last end, in nanoseconds.
    var makespan: UInt64 {
        var (first, last) = (UInt64.max, UInt64.min)
        for task in tasks.entries where task.isShown {
            first = min(first, task.submitted ?? task.started ?? UInt64.max)
            last = max(last, task.ended ?? (task.started == nil ? 0 : end))
        }
        return last > first ? last - first : 0
    }

    private func length(_ wait: Wait) -> UInt64 { max(wait.start, wait.ended ?? end) - wait.start }

    // MARK: Starving queues

    var starvingQueues: [Lint] {
        var long: [UInt32: [Wait]] = [:]
        for wait in waits where length(wait) >= LintThreshold.starvingWait {
            guard let position = tasks.position(of: wait.task), tasks.entries[position].started != nil,
                !tasks.entries[position].wasSuspended
            else { continue }
            long[tasks.entries[position].pool, default: []].append(wait)
        }
        return long.keys.sorted().compactMap { pool in
            let waits = long[pool] ?? []
            guard waits.reduce(0, { $0 &+ length($1) }) >= LintThreshold.minimumLoss else { return nil }
            let starving = PoolLoad.time(of: self, pool: pool, waits: waits) { load in
                load.queued > 0 && load.waiting > 0 && load.active == 0
            }
            guard LintThreshold.isWorthwhile(starving, of: makespan) else { return nil }
            let tasks = waits.map(\.task).reduce(into: [UInt64]()) { if $0.last != $1 { $0.append($1) } }
            let positions = tasks.prefix(3).compactMap { self.tasks.position(of: $0) }
            return Lint(
                .starvingQueue,
                "for \(DurationText.text(nanoseconds: starving)) tasks waited in the queue of \(called(pool: pool)) while all running tasks "
                    + "waited for other tasks: \(called(tasks: positions, of: tasks.count))", tasks: tasks,
                workers: Set(positions.map { self.tasks.entries[$0].worker }).sorted())
        }
    }

    // MARK: One by one

    private struct Parent {
        var lastEnd: UInt64 = 0
        var oneByOne = 0
        var others = 0
        var waited: UInt64 = 0
        var pool: UInt32 = 0
        var tasks: [UInt64] = []
    }

    /// How many waits each task has, 255 for more.
    private var waitCounts: ContiguousArray<UInt8> {
        var counts = ContiguousArray<UInt8>(repeating: 0, count: tasks.entries.count)
        for wait in waits {
            if let position = tasks.position(of: wait.task), counts[position] < .max { counts[position] += 1 }
        }
        return counts
    }

    private var oneByOne: [Lint] {
        guard waits.count >= LintThreshold.oneByOneChildren else { return [] }
        var parents: [UInt64: Parent] = [:]
        let counts = waitCounts
        for wait in waits {
            // Of a run that forks there may be millions of parents, each with a child or two.
            if let parent = tasks.position(of: wait.task), counts[parent] < LintThreshold.oneByOneChildren { continue }
            guard let position = tasks.position(of: wait.awaited) else { continue }
            let child = tasks.entries[position]
            guard child.parent == wait.task, !child.isMap, let submitted = child.submitted else { continue }
            var parent = parents[wait.task] ?? Parent()
            let length = length(wait)
            let head = wait.start > submitted ? wait.start - submitted : 0
            if submitted >= parent.lastEnd, Double(head) <= LintThreshold.oneByOneHead * Double(head &+ length) {
                parent.oneByOne += 1
                parent.waited &+= length
                parent.pool = child.pool
                if parent.tasks.count < Lint.maximumTasks { parent.tasks.append(child.number) }
            } else {
                parent.others += 1
            }
            parent.lastEnd = max(parent.lastEnd, wait.ended ?? end)
            parents[wait.task] = parent
        }
        let found = parents.filter { _, parent in
            parent.oneByOne >= LintThreshold.oneByOneChildren && parent.others * 10 <= parent.oneByOne
                && (pool(parent.pool)?.workers ?? 0) > 1
        }
        guard !found.isEmpty else { return [] }
        let makespan = makespan
        // Children that nobody waits for run beside the others.
        var children: [UInt64: Int] = [:]
        for task in tasks.entries where found[task.parent] != nil { children[task.parent, default: 0] += 1 }
        return found.sorted { ($0.value.waited, $0.key) > ($1.value.waited, $1.key) }.compactMap { number, parent in
            guard LintThreshold.isWorthwhile(parent.waited, of: makespan),
                (children[number] ?? 0) * 10 <= parent.oneByOne * 12
            else { return nil }
            return Lint(
                .oneByOne,
                "\(path(ofTask: number)) submitted \(parent.oneByOne) tasks to \(called(pool: parent.pool)) one by one and waited "
                    + "\(DurationText.text(nanoseconds: parent.waited)) for them; no two ran at the same time",
                tasks: [number] + parent.tasks)
        }
    }
}
