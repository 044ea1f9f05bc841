import CPoolRecorder
import Synchronization

/// One worker of a pool: in parallel mode a thread, in serial mode the holder of the baton.
///
/// A handle on memory that its pool owns, not an object: every task goes through it, and a reference count that several
/// threads change costs more than the rest of the task. It is valid as long as its pool is.
struct Worker: Equatable, @unchecked Sendable {
    private struct State: ~Copyable {
        let id: UInt32
        let number: UInt32
        let deque = Deque()
        let parker = Parker()
        let submitted = CacheLine()
        let completed = CacheLine()
        let elements = CacheLine()
        let current = CacheLine()
        let handedSearch = CacheLine()
        var lastStamp: UInt64 = 0
        var nextVictim = 0
        var tasksBefore: UInt64 = 0
        var lastLane: Lane?
        var isSearching = false
        var spent = SpentBodies()
        var forks = ForkStore()
        var ended: Unmanaged<AnyFuture>?

        init(id: UInt32, number: UInt32) { (self.id, self.number) = (id, number) }

        deinit {
            submitted.deallocate()
            completed.deallocate()
            elements.deallocate()
            current.deallocate()
            handedSearch.deallocate()
            spent.deallocate()
            forks.deallocate()
        }
    }

    private let state: UnsafeMutablePointer<State>

    private static let ids = Atomic<UInt32>(0)

    init(number: UInt32) {
        state = .allocate(capacity: 1)
        state.initialize(to: State(id: Self.ids.wrappingAdd(1, ordering: .relaxed).newValue, number: number))
    }

    init(bits: UnsafeMutableRawPointer) {
        state = bits.assumingMemoryBound(to: State.self)
    }

    func deallocate() {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Its address, which makes it again.
    var bits: UnsafeMutableRawPointer { UnsafeMutableRawPointer(state) }

    /// Its number in the process, as events name it.
    var id: UInt32 { state.pointee.id }
    /// Its place in the pool, from 1.
    var number: UInt32 { state.pointee.number }
    var deque: Deque { _read { yield state.pointee.deque } }
    var parker: Parker { state.pointee.parker }

    /// Jobs that its own tasks submitted, and jobs that it is done with: it alone stores.
    ///
    /// `completed` is stored after, and loaded before, `submitted` and what lanes published: see `PoolCore.isQuiet`.
    var submitted: CacheLine { state.pointee.submitted }
    var completed: CacheLine { state.pointee.completed }
    /// The elements of maps in the chunks that it has begun, without one for each chunk, which is a job: it alone
    /// stores.
    var elements: CacheLine { state.pointee.elements }
    /// The context of the task that it runs, as bits; 0 while it runs none.
    ///
    /// See `Inspection`.
    var current: CacheLine { state.pointee.current }

    // MARK: The worker's own

    /// The stamp of the last task's end, while no time has passed since; else 0.
    var lastStamp: UInt64 {
        get { state.pointee.lastStamp }
        nonmutating set { state.pointee.lastStamp = newValue }
    }

    /// Where it looks for victims next.
    var nextVictim: Int {
        get { state.pointee.nextVictim }
        nonmutating set { state.pointee.nextVictim = newValue }
    }

    /// What it had completed when its present thread took it over.
    var tasksBefore: UInt64 {
        get { state.pointee.tasksBefore }
        nonmutating set { state.pointee.tasksBefore = newValue }
    }

    /// The lane that it claimed from last.
    var lastLane: Lane? {
        get { state.pointee.lastLane }
        nonmutating set { state.pointee.lastLane = newValue }
    }

    /// Whether it holds the one right to search: see `PoolCore+Parking`.
    var isSearching: Bool {
        get { state.pointee.isSearching }
        nonmutating set { state.pointee.isSearching = newValue }
    }

    /// Bodies that it has run and whose memory it has not freed yet.
    var spent: SpentBodies {
        get { state.pointee.spent }
        nonmutating _modify { yield &state.pointee.spent }
    }

    /// What its tasks' forks are made of.
    var forks: ForkStore {
        get { state.pointee.forks }
        nonmutating _modify { yield &state.pointee.forks }
    }

    // MARK: The right to search

    /// Keeps a reference until the worker has given up the right to search.
    func keepUntilSearched(_ future: Unmanaged<AnyFuture>) { state.pointee.ended = future }

    /// Called once it has.
    func releaseEnded() { state.pointee.ended.take()?.release() }

    /// Says that the signal which the worker is about to be given comes with the right to search.
    func handSearch() { state.pointee.handedSearch.value.pointee.store(1, ordering: .relaxed) }

    /// Whether the signal came with it.
    func takeHandedSearch() -> Bool {
        state.pointee.handedSearch.value.pointee.exchange(0, ordering: .acquiring) == 1
    }

    // MARK: On its thread

    /// The worker that the calling thread is, if it is one of `core`'s.
    static func current(of core: PoolCore) -> Worker? {
        let thread = pooltrace_thread()!
        guard thread.pointee.worker_core == UnsafeRawPointer(Unmanaged.passUnretained(core).toOpaque()),
            let worker = thread.pointee.worker
        else { return nil }
        return Worker(bits: worker)
    }

    /// Makes the calling thread this worker's, or nobody's.
    static func setCurrent(_ worker: Worker?, of core: PoolCore) {
        let thread = pooltrace_thread()!
        thread.pointee.worker = worker.map { UnsafeMutableRawPointer($0.state) }
        thread.pointee.worker_core =
            worker == nil ? nil : UnsafeRawPointer(Unmanaged.passUnretained(core).toOpaque())
    }

    func countCompleted() {
        pooltrace_delay()
        completed.value.pointee.store(completed.value.pointee.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }

    func countElements(_ count: Int) {
        elements.value.pointee.store(
            elements.value.pointee.load(ordering: .relaxed) &+ UInt64(max(0, count - 1)), ordering: .relaxed)
    }

    func countSubmitted(_ count: UInt64 = 1) {
        submitted.value.pointee.store(submitted.value.pointee.load(ordering: .relaxed) &+ count, ordering: .releasing)
    }
}
