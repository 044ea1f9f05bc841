import CEventTable
import CPoolRecorder
import Glibc
import PoolRecorder
import Synchronization

/// A worker's thread, to be joined.
struct WorkerThread: @unchecked Sendable {
    let id: pthread_t

    func join() { pthread_join(id, nil) }
    func detach() { pthread_detach(id) }
}

extension PoolCore {
    /// How often an idle worker looks around before it sleeps: some ten microseconds.
    private static var searches: Int { 600 }

    /// Starts the thread of a worker that `addWorker` has made.
    ///
    /// Inside `idle`'s lock.
    ///
    /// - Returns: The `errno` of the failure, 0 if there was none.
    func startThread(of worker: Worker, in idle: inout IdleState) -> Int32 {
        final class Start {
            let core: PoolCore
            let worker: Worker
            init(_ core: PoolCore, _ worker: Worker) { (self.core, self.worker) = (core, worker) }
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, configuration.stackSize)
        let start = Unmanaged.passRetained(Start(self, worker))
        var id = pthread_t()
        let status = pthread_create(
            &id, &attributes,
            { start in
                guard let start else { return nil }
                let own = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
                own.core.main(own.worker)
                return nil
            }, start.toOpaque())
        if status == 0 { idle.threads.append(WorkerThread(id: id)) } else { start.release() }
        return status
    }

    /// A worker's life.
    private func main(_ worker: Worker) {
        pooltrace_thread_set_name(String("\(name.prefix(11))-\(worker.number)".prefix(15)))
        Worker.setCurrent(worker, of: self)
        pooltrace_record_worker_start(
            pooltrace_clock_now(), number, worker.id, worker.number, pooltrace_thread_id())
        while true {
            work(worker)
            worker.lastStamp = 0
            worker.spent.free()
            if surplus.load(ordering: .relaxed) > 0, retire(worker) { continue }
            if search(worker) { continue }
            if isStopping.load(ordering: .acquiring), !hasWork { break }
            sleep(worker)
        }
        if worker.isSearching { giveUpSearch() }
        worker.releaseEnded()
        pooltrace_record_worker_end(pooltrace_clock_now(), worker.id)
        Worker.setCurrent(nil, of: self)
        forgetIfAbandoned()
    }

    /// Runs whatever it finds without waiting.
    private func work(_ worker: Worker) {
        repeat {
            while let job = worker.deque.pop() {
                if worker.isSearching { foundWork(worker) }
                run(job, on: worker)
            }
        } while surplus.load(ordering: .relaxed) <= 0 && (claim(worker) || steal(worker))
    }

    /// Spins for a while, if nobody else does; whether it found and ran something.
    private func search(_ worker: Worker) -> Bool {
        if !worker.isSearching { worker.isSearching = takeSearch() }
        guard worker.isSearching else { return false }
        for turn in 1...Self.searches {
            pooltrace_pause()
            if claim(worker) { return true }
            guard turn & 31 == 0 else { continue }
            if steal(worker) { return true }
            // Somebody may need this processor to give us work.
            if turn & 127 == 0 { sched_yield() }
            if isStopping.load(ordering: .relaxed) { return false }
        }
        return false
    }

    /// Claims jobs from the lanes, beginning with the one that had some before: runs the first and leaves the others on the deque, where
    /// they can be stolen.
    private func claim(_ worker: Worker) -> Bool {
        let first = lanes
        var lane = worker.lastLane ?? first
        let start = lane
        while let current = lane {
            if !current.isEmpty, claim(from: current, for: worker) {
                worker.lastLane = current
                return true
            }
            lane = current.next ?? first
            if lane == start { break }
        }
        return false
    }

    private func claim(from lane: Lane, for worker: Worker) -> Bool {
        var first: Job?
        let count = lane.claim(share: workerCount, limit: worker.deque.room) { jobs in
            first = jobs[0]
            // They were last written on another processor.
            for job in jobs { pooltrace_prefetch(job.context) }
            // In reverse, so that the owner pops them in order.
            worker.deque.push(count: jobs.count - 1) { jobs[jobs.count - 1 - $0] }
        }
        guard count > 0, let first else { return false }
        foundWork(worker)
        run(first, on: worker)
        return true
    }

    private func steal(_ worker: Worker) -> Bool {
        let count = workersMade
        for offset in 0..<count {
            let victim = self.worker(at: (worker.nextVictim + offset) % count)
            if victim == worker { continue }
            if case .stolen(let job) = victim.deque.steal() {
                worker.nextVictim = (worker.nextVictim + offset) % count
                foundWork(worker)
                run(job, on: worker)
                return true
            }
        }
        return false
    }

    /// Gives up the right to search, if the worker has it, before anything of the program runs.
    func foundWork(_ worker: Worker) {
        if worker.isSearching {
            worker.isSearching = false
            giveUpSearch()
            pooltrace_full_fence()
            passSearchOn()
            worker.releaseEnded()
        } else {
            passSearchOn()
        }
    }
}
