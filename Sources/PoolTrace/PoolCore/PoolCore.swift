import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// What a pool is made of: lanes that jobs come in by, workers with their deques, and who sleeps.
///
/// `ThreadPool` is the handle that a program holds; its workers hold this, so a pool whose handle is gone still ends
/// what it was given.
final class PoolCore: @unchecked Sendable {
    /// Unique in the process and never used again: threads remember their lanes by it.
    let id: UInt64
    let number: UInt32
    let name: String
    let configuration: PoolConfiguration
    /// Whether no program made it, or can wait for it.
    let isHidden: Bool
    /// What is done for each task besides; `nil` where there is nothing.
    let hooks: PoolHooks?
    /// How many tasks run at a time; changed inside `idle`'s lock.
    private let target: Atomic<Int>

    /// The newest lane, as bits; lanes are only ever added, and those of ended threads taken over.
    private let firstLane = Atomic<UInt>(0)
    private let laneLock = Guarded<Void>(())

    /// Jobs that start before and after those of the lanes and deques.
    let urgent = RankedJobs()
    let later = RankedJobs()

    /// Workers and, beyond `workerCount`, substitutes: slots are written before `workerSlots` counts them, and never
    /// change.
    private let workers: UnsafeMutablePointer<Worker>
    private let workerSlots = Atomic<Int>(0)
    let workerCapacity: Int
    /// See `Breakpoint`: here, so that a task costs a comparison.
    let breakTask = Breakpoint.task

    /// See `PoolCore+Parking`.
    let sleepers = CacheLine()
    let searching = CacheLine()
    let idle = Guarded(IdleState())
    /// More workers are awake than `workerCount`: see `PoolCore+Blocking`.
    let surplus = Atomic<Int>(0)

    /// No more submits from outside.
    let isClosed = Atomic<Bool>(false)
    /// What has not started ends as cancelled, or, if the pool is broken, as failed.
    let isCancelling = Atomic<Bool>(false)
    /// The initializer of a worker has thrown.
    let isBroken = Atomic<Bool>(false)
    /// The task whose elements are the initializations of the workers, and how many there were; written before there
    /// are any.
    private(set) var initialization: Job?
    let initializations = Atomic<UInt64>(0)
    /// It was shut down.
    let hasEnded = Atomic<Bool>(false)
    /// Its threads are gone: what is submitted now has come too late.
    ///
    /// See `refuseLeftovers`.
    let isDead = Atomic<Bool>(false)
    /// Workers leave once nothing is queued.
    let isStopping = Atomic<Bool>(false)
    /// Threads that wait for the pool to be quiet; see `PoolCore+Joining`.
    let joiners = WaitingLine()
    /// The async tasks that it was given to run.
    let asyncTasks = AsyncTasks()
    /// Jobs waiting, where the configuration bounds them; see `PoolCore+Bounding`.
    let queued = Atomic<Int>(0)
    /// Threads that wait for room.
    let submitters = WaitingLine()
    let serial = SerialPool()

    private static let numbers = Atomic<UInt32>(0)

    init(name: String?, workers count: Int, configuration: PoolConfiguration, isHidden: Bool = false) {
        self.isHidden = isHidden
        number = Self.numbers.wrappingAdd(1, ordering: .relaxed).newValue
        id = UInt64(number)
        self.name = name ?? "pool-\(number)"
        target = Atomic(count)
        self.configuration = configuration
        hooks = PoolHooks(pool: self.name, configuration)
        workerCapacity = count + max(0, configuration.maximumSubstitutes)
        workers = .allocate(capacity: workerCapacity)
    }

    deinit {
        forEachWorker { $0.deallocate() }
        workers.deallocate()
        sleepers.deallocate()
        searching.deallocate()
        urgent.deallocate()
        later.deallocate()
        initialization?.releaseParent()
        var lane = lanes
        while let current = lane {
            lane = current.next
            current.abandon()
        }
    }

    // MARK: - Workers

    /// How many tasks run at a time.
    var workerCount: Int {
        get { target.load(ordering: .relaxed) }
        set { target.store(newValue, ordering: .relaxed) }
    }

    /// Describes and records the task whose elements are the initializations of the workers: a child of the task that
    /// makes the pool.
    func makeInitialization(site: UInt32) {
        let job = Job.newChild(.closure, name: TaskName("initializer").id, site: site)
        job.recordSubmission(to: number)
        initialization = job
        RaceDetection.didSubmit(job.task)
    }

    /// How many workers there have ever been.
    var workersMade: Int { workerSlots.load(ordering: .acquiring) }

    func worker(at index: Int) -> Worker { workers[index] }

    func forEachWorker(_ body: (Worker) throws -> Void) rethrows {
        for index in 0..<workersMade { try body(worker(at: index)) }
    }

    /// Makes one more worker; `nil` at the bound.
    ///
    /// Called by one thread at a time: at the start, and inside `idle`'s lock.
    func addWorker() -> Worker? {
        let index = workersMade
        guard index < workerCapacity else { return nil }
        let worker = Worker(number: UInt32(index + 1))
        (workers + index).initialize(to: worker)
        workerSlots.store(index + 1, ordering: .releasing)
        return worker
    }

    // MARK: - Lanes

    /// The newest lane; the others hang behind it.
    var lanes: Lane? {
        UnsafeMutableRawPointer(bitPattern: firstLane.load(ordering: .acquiring)).map { Lane(bits: $0) }
    }

    /// The calling thread's lane.
    func lane() -> Lane {
        let thread = pooltrace_thread()!
        if thread.pointee.lane_core == id, let lane = thread.pointee.lane { return Lane(bits: lane) }
        return findLane(thread)
    }

    @inline(never)
    private func findLane(_ thread: UnsafeMutablePointer<pooltrace_thread>) -> Lane {
        let state = ThreadState.current
        let lane = state.lane(to: id) ?? laneLock.withLock { _ in adoptLane() ?? addLane() }
        if state.lane(to: id) == nil { state.add(lane, to: id) }
        thread.pointee.lane = lane.bits
        thread.pointee.lane_core = id
        return lane
    }

    private func adoptLane() -> Lane? {
        var lane = lanes
        while let current = lane {
            if current.adopt() { return current }
            lane = current.next
        }
        return nil
    }

    private func addLane() -> Lane {
        let lane = Lane()
        lane.next = lanes
        firstLane.store(UInt(bitPattern: lane.bits), ordering: .releasing)
        return lane
    }

    // MARK: - Looking for work

    /// Whether a worker would find a job somewhere; may be out of date at once.
    var hasWork: Bool {
        var lane = lanes
        while let current = lane {
            if !current.isEmpty { return true }
            lane = current.next
        }
        for index in 0..<workersMade where !worker(at: index).deque.isEmpty { return true }
        return !urgent.isEmpty || !later.isEmpty
    }

    /// How many jobs were submitted and how many are done with, as `isQuiet` reads them.
    var counts: (completed: UInt64, submitted: UInt64) {
        var completed = asyncTasks.completed.load(ordering: .acquiring)
        var submitted: UInt64 = 0
        forEachWorker { completed &+= $0.completed.value.pointee.load(ordering: .acquiring) }
        pooltrace_delay()
        forEachWorker { submitted &+= $0.submitted.value.pointee.load(ordering: .acquiring) }
        submitted &+= urgent.published.value.pointee.load(ordering: .acquiring)
        submitted &+= later.published.value.pointee.load(ordering: .acquiring)
        var lane = lanes
        while let current = lane {
            submitted &+= current.published.value.pointee.load(ordering: .acquiring)
            lane = current.next
        }
        submitted &+= asyncTasks.submitted.load(ordering: .acquiring)
        return (completed, submitted)
    }
}
