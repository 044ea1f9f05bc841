import CEventTable
import CPoolRecorder
import Glibc
import PoolModel
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
    func startThread(of worker: Worker, in idle: inout IdleState, isRenewal: Bool = false) -> Int32 {
        final class Start {
            let core: PoolCore
            let worker: Worker
            let isRenewal: Bool
            init(_ core: PoolCore, _ worker: Worker, _ isRenewal: Bool) {
                (self.core, self.worker, self.isRenewal) = (core, worker, isRenewal)
            }
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, configuration.stackSize)
        let start = Unmanaged.passRetained(Start(self, worker, isRenewal))
        var id = pthread_t()
        let status = pthread_create(
            &id, &attributes,
            { start in
                guard let start else { return nil }
                let own = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
                own.core.main(own.worker, isRenewal: own.isRenewal)
                return nil
            }, start.toOpaque())
        if status == 0 { idle.threads.append(WorkerThread(id: id)) } else { start.release() }
        return status
    }

    /// A worker's life, or that part of it which one thread lives.
    private func main(_ worker: Worker, isRenewal: Bool) {
        let name = configuration.workerName ?? name
        pooltrace_thread_set_name(String("\(name.prefix(11))-\(worker.number)".prefix(15)))
        Worker.setCurrent(worker, of: self)
        if !isRenewal {
            pooltrace_record_worker_start(
                pooltrace_clock_now(), number, worker.id, worker.number, pooltrace_thread_id())
        }
        worker.tasksBefore = worker.completed.value.pointee.load(ordering: .relaxed)
        initialize(worker)
        while true {
            work(worker)
            worker.lastStamp = 0
            worker.spent.free()
            if isWornOut(worker), renew(worker) { return }
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

    /// Runs the pool's initializer, if it has one; breaks the pool if that throws.
    func initialize(_ worker: Worker) {
        guard let initializer = configuration.initializer, var job = initialization,
            !isBroken.load(ordering: .acquiring)
        else { return }
        let index = initializations.wrappingAdd(1, ordering: .relaxed).oldValue
        if pooltrace_is_recording() {
            pooltrace_record_element_submit(
                pooltrace_clock_now(), TaskID.element(of: job.task, index: index), job.task, index,
                Recorder.intern(originInPool: number, site: job.site, name: job.name))
        }
        job.task = TaskID.element(of: job.task, index: index)
        job.index = index
        worker.lastStamp = 0
        var ending = Ending.succeeded
        RaceDetection.runInitialization(job, of: self, on: worker) {
            ending = perform(job, on: worker, awaitable: nil, input: { _ in nil }, body: initializer)
        }
        guard ending.withoutValue != nil else { return }
        hooks?.startRefusing()
        isBroken.store(true, ordering: .releasing)
        isCancelling.store(true, ordering: .releasing)
    }

    /// Whether the worker's thread has run as many tasks as it may.
    private func isWornOut(_ worker: Worker) -> Bool {
        guard let most = configuration.maximumTasksPerWorker else { return false }
        return worker.completed.value.pointee.load(ordering: .relaxed) &- worker.tasksBefore >= UInt64(most)
    }

    /// Hands the worker to a new thread; false if there is none to be had, or the pool stops.
    ///
    /// What the worker knows is written before the new thread starts. Nobody joins the old one: inside the lock, before
    /// `isStopping`, `end` has not looked at `threads` yet.
    private func renew(_ worker: Worker) -> Bool {
        if worker.isSearching {
            worker.isSearching = false
            giveUpSearch()
            worker.releaseEnded()
        }
        let isRenewed = idle.withLock { idle in
            guard !isStopping.load(ordering: .relaxed), startThread(of: worker, in: &idle, isRenewal: true) == 0
            else { return false }
            idle.threads.removeAll { pthread_equal($0.id, pthread_self()) != 0 }
            return true
        }
        guard isRenewed else {
            worker.tasksBefore = worker.completed.value.pointee.load(ordering: .relaxed)
            return false
        }
        pthread_detach(pthread_self())
        Worker.setCurrent(nil, of: self)
        return true
    }

    /// Runs whatever it finds without waiting.
    private func work(_ worker: Worker) {
        repeat {
            while !isWornOut(worker), let job = urgent.take() ?? worker.deque.pop() {
                if worker.isSearching { foundWork(worker) }
                run(job, on: worker)
            }
        } while surplus.load(ordering: .relaxed) <= 0 && !isWornOut(worker) && findWork(worker)
    }

    /// Looks everywhere, by rank; whether it found and ran something.
    private func findWork(_ worker: Worker) -> Bool {
        runRanked(urgent, worker) || claim(worker) || steal(worker) || runRanked(later, worker)
    }

    private func runRanked(_ jobs: RankedJobs, _ worker: Worker) -> Bool {
        guard let job = jobs.take() else { return false }
        foundWork(worker)
        run(job, on: worker)
        return true
    }

    /// Spins for a while, if nobody else does; whether it found and ran something.
    private func search(_ worker: Worker) -> Bool {
        if !worker.isSearching { worker.isSearching = takeSearch() }
        guard worker.isSearching else { return false }
        for turn in 1...Self.searches {
            pooltrace_pause()
            if claim(worker) { return true }
            guard turn & 31 == 0 else { continue }
            if findWork(worker) { return true }
            // Somebody may need this processor to give us work.
            if turn & 127 == 0 { sched_yield() }
            if isStopping.load(ordering: .relaxed) { return false }
        }
        return false
    }

    /// Claims jobs from the lanes, beginning with the one that had some before: runs the first and leaves the others on
    /// the deque, where they can be stolen.
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
