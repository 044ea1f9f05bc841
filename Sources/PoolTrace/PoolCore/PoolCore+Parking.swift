import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

// How workers sleep and wake.
//
// A worker is **searching** while it holds the one right to search (`searching` is 1): it spins, looking for work. It
// is **asleep** while it is on the stack `idle.asleep` (`sleepers` counts them). Waking costs a system call, so at most
// one worker searches, and a worker that finds work while others sleep passes the search on (the chain): the pool comes
// awake one by one, as long as there is more to do.
//
// publish:  show the job; full fence; if somebody sleeps and nobody searches, wake one.
// wake one: take the right to search; pop a sleeper; hand it the right; signal it. With nobody to pop, give the right
//           back and look again.
// sleep:    give up the right to search; push oneself; full fence; look for work once more; park.
//
// A model of it, which a checker goes through whole, is parking.pml (tools/check/models).
//
// Races:
// - A job is shown while the last worker falls asleep. Both sides pass a full fence between their store and their load,
//   so either the publisher sees the sleeper or the sleeper sees the job.
// - A publisher skips waking since somebody searches, and that one has just given up. It gives up by a
//   read-modify-write before it goes to sleep, so its last look comes after the publisher's fence and sees the job.
// - Between popping nobody and giving back the right, another publisher skipped waking for our sake: hence the second
//   look.
// - The last look finds work: the worker leaves the stack BEFORE it runs anything. If a waker popped it meanwhile, the
//   signal is consumed and the right to search is its own.
extension PoolCore {
    struct IdleState {
        /// Workers asleep, the last to fall asleep on top.
        var asleep: [Worker] = []
        /// Substitutes that are not needed now.
        var spares: [Worker] = []
        /// Workers whose thread the system did not give; tried again when one is needed.
        var unstarted: [Worker] = []
        /// Tasks that wait inside workers.
        var blocked = 0
        /// Threads of workers that have not ended.
        var threads: [WorkerThread] = []
        var hasReportedBound = false
    }

    /// Called after a job was shown.
    @inline(__always)
    func wakeForNewWork() {
        pooltrace_full_fence()
        if sleepers.value.pointee.load(ordering: .relaxed) != 0 { wakeUnlessSearching() }
    }

    /// Called by a worker that has found work: wakes another if there is more.
    @inline(__always)
    func passSearchOn() {
        if sleepers.value.pointee.load(ordering: .relaxed) != 0, hasWork { wakeUnlessSearching() }
    }

    @inline(never)
    private func wakeUnlessSearching() {
        if searching.value.pointee.load(ordering: .relaxed) == 0 { wakeOne() }
    }

    func takeSearch() -> Bool {
        pooltrace_delay()
        return searching.value.pointee.compareExchange(expected: 0, desired: 1, ordering: .sequentiallyConsistent)
            .exchanged
    }

    /// Called before the end of a task is told, which may bring the next submit at once: a worker with nothing left
    /// takes the right to search now, or that submit would wake another worker for what this one is about to look for.
    @inline(__always)
    func prepareToSearch(_ worker: Worker) {
        guard sleepers.value.pointee.load(ordering: .relaxed) != 0, worker.deque.isEmpty else { return }
        worker.isSearching = takeSearch()
    }

    func giveUpSearch() {
        pooltrace_delay()
        searching.value.pointee.store(0, ordering: .sequentiallyConsistent)
    }

    private func wakeOne() {
        while takeSearch() {
            let worker = idle.withLock { idle -> Worker? in
                guard let worker = idle.asleep.popLast() else { return nil }
                sleepers.value.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent)
                return worker
            }
            if let worker {
                pooltrace_delay()
                worker.handSearch()
                worker.parker.signal()
                pooltrace_thread().pointee.has_woken = true
                return
            }
            giveUpSearch()
            guard sleepers.value.pointee.load(ordering: .sequentiallyConsistent) != 0, hasWork else { return }
        }
    }

    /// Wakes everybody, to let them see that the pool stops.
    func wakeAll() {
        let all = idle.withLock { idle in
            let all = idle.asleep + idle.spares
            sleepers.value.pointee.wrappingSubtract(UInt64(idle.asleep.count), ordering: .sequentiallyConsistent)
            idle.asleep = []
            idle.spares = []
            return all
        }
        for worker in all { worker.parker.signal() }
    }

    /// Sleeps until there is work or the pool stops.
    func sleep(_ worker: Worker) {
        if worker.isSearching {
            worker.isSearching = false
            giveUpSearch()
            worker.releaseEnded()
        }
        worker.parker.prepare()
        pooltrace_delay()
        idle.withLock { idle in
            idle.asleep.append(worker)
            sleepers.value.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        }
        pooltrace_full_fence()
        tellJoiners()
        pooltrace_delay()
        if hasWork || isStopping.load(ordering: .acquiring), leaveSleepers(worker) { return }
        if pooltrace_is_recording() { pooltrace_record_worker_park(pooltrace_clock_now(), worker.id) }
        pooltrace_delay()
        _ = worker.parker.wait()
        if pooltrace_is_recording() { pooltrace_record_worker_unpark(pooltrace_clock_now(), worker.id) }
        worker.isSearching = worker.takeHandedSearch()
    }

    /// Takes `worker` from the stack; false if a waker has, whose signal is on the way.
    private func leaveSleepers(_ worker: Worker) -> Bool {
        idle.withLock { idle in
            guard let place = idle.asleep.lastIndex(where: { $0 == worker }) else { return false }
            idle.asleep.remove(at: place)
            sleepers.value.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            return true
        }
    }
}
