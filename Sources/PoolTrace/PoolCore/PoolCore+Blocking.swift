import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

// A task that waits for another holds its worker. So that the pool goes on with `workerCount` tasks at a time, a
// substitute worker stands in: a spare one is woken or a new one made. When the wait is over there is one worker too
// many: `surplus` says so, and the next worker that has emptied its deque becomes a spare. All decisions are made
// inside `idle`'s lock; `surplus` is a copy for the workers' loop.
extension PoolCore {
    /// Called on a worker before its task parks.
    func blockingBegins() {
        let spare = idle.withLock { idle -> Worker? in
            idle.blocked += 1
            defer { updateSurplus(idle) }
            guard awake(idle) < workerCount else { return nil }
            if let spare = idle.spares.popLast() { return spare }
            if let substitute = idle.unstarted.popLast() ?? addWorker() {
                if startThread(of: substitute, in: &idle) == 0 { return nil }
                idle.unstarted.append(substitute)
            }
            if !idle.hasReportedBound {
                idle.hasReportedBound = true
                Notice.write(
                    "pool \"\(name)\": \(idle.blocked) tasks wait for other tasks, and no more substitute workers can be started "
                        + "(maximumSubstitutes is \(configuration.maximumSubstitutes))")
            }
            return nil
        }
        pooltrace_delay()
        spare?.parker.signal()
    }

    /// Called on a worker when its task goes on.
    func blockingEnds() {
        pooltrace_delay()
        idle.withLock { idle in
            idle.blocked -= 1
            updateSurplus(idle)
        }
    }

    /// Changes how many tasks run at a time: workers beyond that step aside once they have nothing on their deques.
    func resize(to count: Int) throws {
        guard count <= workerCapacity else { throw PoolError.tooManyWorkers(pool: name, most: workerCapacity) }
        var woken: [Worker] = []
        let status = idle.withLock { idle -> Int32 in
            workerCount = count
            defer { updateSurplus(idle) }
            while awake(idle) < count {
                if let spare = idle.spares.popLast() {
                    woken.append(spare)
                    continue
                }
                guard let worker = idle.unstarted.popLast() ?? addWorker() else { return 0 }
                let status = startThread(of: worker, in: &idle)
                guard status == 0 else {
                    idle.unstarted.append(worker)
                    return status
                }
            }
            return 0
        }
        for worker in woken { worker.parker.signal() }
        guard status == 0 else { throw PoolError.noThread(pool: name, code: status) }
    }

    /// Makes the calling worker a spare, if there are too many, until it is needed; whether it did.
    func retire(_ worker: Worker) -> Bool {
        let isRetired = idle.withLock { idle in
            guard awake(idle) > workerCount, !isStopping.load(ordering: .relaxed) else { return false }
            worker.parker.prepare()
            idle.spares.append(worker)
            updateSurplus(idle)
            return true
        }
        guard isRetired else { return false }
        if worker.isSearching {
            worker.isSearching = false
            giveUpSearch()
            worker.releaseEnded()
        }
        pooltrace_full_fence()
        tellJoiners()
        passSearchOn()
        pooltrace_delay()
        _ = worker.parker.wait()
        worker.isSearching = worker.takeHandedSearch()
        return true
    }

    /// Workers that run tasks, look for some, or sleep until there are some.
    private func awake(_ idle: IdleState) -> Int {
        workersMade - idle.unstarted.count - idle.spares.count - idle.blocked
    }

    private func updateSurplus(_ idle: IdleState) {
        surplus.store(awake(idle) - workerCount, ordering: .relaxed)
    }
}
