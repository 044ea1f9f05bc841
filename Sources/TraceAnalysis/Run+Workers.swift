internal import PoolModel

// A worker process of a pool is a process with a trace of its own, whose numbers for sites, names, pools and workers
// are its own too. Its tasks are tasks of its pool's process, by the same numbers, and what they submitted to pools of
// their own hangs below them.
extension Run {
    /// Puts the runs of worker processes into those of their pools' processes, so that one run holds all of it.
    static func joined(_ runs: [Run]) -> [Run] {
        var runs = runs
        var isTakenOver = Array(repeating: false, count: runs.count)
        var grown: Set<Int> = []
        // A worker's run is behind its pool's: that of a worker's worker goes first.
        for index in runs.indices.reversed() {
            guard let process = runs[index].process,
                let pool = runs.indices.first(where: {
                    $0 != index && !isTakenOver[$0] && runs[$0].pid == UInt64(process.parentPID)
                        && runs[$0].workerProcesses[process.pid] != nil
                })
            else { continue }
            runs[pool].absorb(runs[index], worker: runs[pool].workerProcesses[process.pid] ?? 0)
            isTakenOver[index] = true
            grown.insert(pool)
        }
        // Once for all workers: a pool may have had thousands, one after the other.
        for index in grown where !isTakenOver[index] { runs[index].sort() }
        return zip(runs, isTakenOver).filter { !$1 }.map(\.0)
    }

    private mutating func sort() {
        marks.sort { $0.time < $1.time }
        waits.sort { $0.start < $1.start }
        sortAnnotations()
        let entries = tasks.entries
        startOrder.sort { (entries[Int($0)].started ?? 0) < (entries[Int($1)].started ?? 0) }
        addUpWaits()
        shareTime()
    }

    /// Takes over everything that the run of a worker process tells; what is in order of time is sorted later.
    ///
    /// - Parameter id: The worker's number here.
    private mutating func absorb(_ other: Run, worker id: UInt32) {
        let numbers = Numbers(after: self)
        for (number, site) in other.sites { sites[numbers.site(number)] = site }
        for (number, name) in other.names { names[numbers.name(number)] = name }
        pools += other.pools.map { Pool(number: numbers.pool($0.number), name: $0.name, workers: $0.workers) }
        workers += other.workers.filter { $0.pool != 0 || $0.thread != 0 }.map {
            Worker(id: numbers.worker($0.id), pool: numbers.pool($0.pool), number: $0.number, thread: $0.thread)
        }
        for entry in other.tasks.entries { absorb(entry, numbers, worker: id) }
        for (number, suspended) in other.suspensions where suspensions[number] == nil {
            suspensions[number] = suspended.renumbered(numbers.worker)
        }
        inputs.merge(other.inputs) { own, _ in own }
        // A worker process is no worker of its own: what it runs for its pool has worker 0.
        stretches += other.stretches.map { Stretch($0, worker: $0.worker == 0 ? id : numbers.worker($0.worker)) }
        explanations.merge(other.explanations) { own, _ in own }
        absorbFailures(of: other, numbers)
        marks += other.marks
        annotations += other.annotations.map {
            var annotation = $0
            annotation.name = numbers.name(annotation.name)
            return annotation
        }
        for wait in other.waits { waits.append(wait) }
        knownPaths.merge(other.knownPaths) { own, _ in own }
        workerProcesses.merge(other.workerProcesses) { own, _ in own }
        (start, end) = (min(start, other.start), max(end, other.end))
        steps += other.steps
        stepTimes += other.stepTimes
        divergences += other.divergences
        loss.add(other.loss)
        wholeSince = max(wholeSince, other.wholeSince)
    }

    private mutating func absorb(_ entry: TaskEntry, _ numbers: Numbers, worker id: UInt32) {
        // The pool's process has reported it already, unless it ended before it could.
        let isOwn = tasks.position(of: entry.number) != nil
        let position = tasks.insert(entry.number)
        var own = isOwn ? tasks.entries[position] : entry
        if isOwn {
            guard own.started == nil, entry.started != nil else { return }
            own.started = entry.started
            own.ended = entry.ended
            own.outcome = entry.outcome
            own.worker = id
        } else {
            // The worker's own task, of which its pool's process has lost what it told: nothing else of it is known.
            let isPools = entry.submitted == nil && entry.pool == 0 && !entry.isMap
            own.worker =
                isPools ? id : entry.worker == TaskEntry.noWorker ? entry.worker : numbers.worker(entry.worker)
            own.pool = isPools ? worker(id)?.pool ?? 0 : numbers.pool(entry.pool)
            own.site = numbers.site(entry.site)
            own.name = numbers.name(entry.name)
        }
        tasks.entries[position] = own
        if entry.started != nil { startOrder.append(UInt32(truncatingIfNeeded: position)) }
    }

    private mutating func absorbFailures(of other: Run, _ numbers: Numbers) {
        let last = failures.last?.number ?? 0
        for failure in other.failures {
            var failure = failure
            failure.number &+= last
            failure.pool = numbers.pool(failure.pool)
            failures.append(failure)
        }
        failureTasks += other.failureTasks
        printed += other.printed.map { Printed(number: $0.number &+ last, same: $0.same) }
    }

    /// What numbers of a worker process are in its pool's: behind those that are taken.
    ///
    /// 0 says "none" and stays.
    private struct Numbers {
        private let sites: UInt32
        private let names: UInt32
        private let pools: UInt32
        private let workers: UInt32

        init(after run: Run) {
            sites = run.sites.keys.max() ?? 0
            names = run.names.keys.max() ?? 0
            pools = run.pools.map(\.number).max() ?? 0
            workers = run.workers.map(\.id).max() ?? 0
        }

        func site(_ number: UInt32) -> UInt32 { number == 0 ? 0 : number &+ sites }
        func name(_ number: UInt32) -> UInt32 { number == 0 ? 0 : number &+ names }
        func pool(_ number: UInt32) -> UInt32 { number == 0 ? 0 : number &+ pools }
        func worker(_ number: UInt32) -> UInt32 { number &+ workers &+ 1 }
    }
}
