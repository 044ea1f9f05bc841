internal import PoolModel

// What the tasks of a run had of the processors: measured where workers recorded it, else guessed from how many ran.
extension Run {
    var processorLints: [Lint] {
        guard hasTimeSplits else { return guessedOversubscription }
        var times: [UInt32: PoolTime] = [:]
        for (position, task) in tasks.entries.enumerated() where task.isShown && task.pool != 0 && task.ended != nil {
            let time = runTime(of: task) ?? 0
            times[task.pool, default: PoolTime()].all &+= time
            guard let split = ownTimeSplit(at: position) else { continue }
            times[task.pool, default: PoolTime()].measured += split
            // What another task ran on top of is no time of its own; what it was blocked for another one, was.
            let waited = position < waited.count ? min(waited[position], split.blocked) : 0
            times[task.pool, default: PoolTime()].waited &+= waited
        }
        let known = times.filter { $0.value.isKnown }
        return crowding(known) + blockedWorkers(known)
    }

    /// How the tasks of a pool spent their time.
    private struct PoolTime {
        /// Their run time.
        var all: UInt64 = 0
        /// As much of it as was measured.
        var measured = TimeSplit()
        /// How long they were blocked for other tasks.
        var waited: UInt64 = 0

        /// Whether enough of it was measured to say something of all.
        var isKnown: Bool { measured.total > 0 && Double(measured.total) >= Double(all) * LintThreshold.measuredShare }
    }

    // MARK: Too few processors

    private func crowding(_ times: [UInt32: PoolTime]) -> [Lint] {
        let (ready, total) = times.values.reduce((UInt64(0), UInt64(0))) {
            ($0.0 &+ $1.measured.ready, $0.1 &+ $1.measured.total)
        }
        guard let processors = process?.processors, processors > 0, ready >= LintThreshold.minimumLoss,
            Double(ready) >= LintThreshold.crowdedReady * Double(total)
        else { return [] }
        let found =
            "tasks were ready but without a processor for \(DurationText.text(nanoseconds: ready)) of the "
            + "\(DurationText.text(nanoseconds: total)) that they ran"
        // Those of Swift's own pool are as many as it has threads: they come and go.
        let workers = pools.reduce(UInt64(0)) { $0 + UInt64($1.workers) }
        guard workers > UInt64(processors) else {
            return [
                Lint(
                    .busyProcessors,
                    "\(found), although the pools have no more workers (\(workers)) than the process has processors "
                        + "(\(processors))")
            ]
        }
        return [Lint(.oversubscription, "\(found): \(calledWorkers) for \(processors) processors")]
    }

    private var calledWorkers: String {
        pools.map { "\($0.workers) workers of \(called(pool: $0.number))" }.prefix(3).joined(separator: ", ")
    }

    // MARK: Workers that are blocked

    private func blockedWorkers(_ times: [UInt32: PoolTime]) -> [Lint] {
        times.keys.sorted().compactMap { pool in
            guard let time = times[pool] else { return nil }
            let blocked = time.measured.blocked - time.waited
            guard Double(blocked) >= LintThreshold.blockedShare * Double(time.measured.total) else { return nil }
            let queued = PoolLoad.time(of: self, pool: pool, waits: EmptyCollection<Wait>()) {
                $0.queued > 0 && $0.active > 0
            }
            guard blocked >= LintThreshold.minimumLoss, LintThreshold.isWorthwhile(queued, of: makespan) else {
                return nil
            }
            return Lint(
                .blockedWorkers,
                "the tasks of \(called(pool: pool)) were blocked for \(DurationText.text(nanoseconds: blocked)) of the "
                    + "\(DurationText.text(nanoseconds: time.measured.total)) that they ran, while other tasks waited in its "
                    + "queue for \(DurationText.text(nanoseconds: queued))")
        }
    }

    // MARK: Where nothing was measured

    private var guessedOversubscription: [Lint] {
        guard let processors = process?.processors, processors > 0,
            pools.reduce(UInt64(0), { $0 + UInt64($1.workers) }) > UInt64(processors)
        else { return [] }
        let waits = waits.lazy.filter { wait in
            tasks.position(of: wait.task).map { tasks.entries[$0].started != nil && tasks.entries[$0].pool != 0 }
                ?? false
        }
        let crowded = PoolLoad.time(of: self, pool: nil, waits: waits) {
            $0.active > LintThreshold.crowdedFactor * Int(processors)
        }
        guard LintThreshold.isWorthwhile(crowded, of: makespan),
            Double(crowded) >= LintThreshold.crowdedShare * Double(makespan)
        else { return [] }
        return [
            Lint(
                .oversubscription,
                "for \(DurationText.text(nanoseconds: crowded)) more than \(LintThreshold.crowdedFactor) tasks ran at the same time for each of "
                    + "the \(processors) processors; the pools have \(calledWorkers)")
        ]
    }
}
