import CPoolRecorder
import Synchronization

/// One worker of a pool: in parallel mode a thread, in serial mode whoever holds the baton.
final class Worker: @unchecked Sendable {
    /// Its number in the process, as events name it.
    let id: UInt32
    /// Its place in the pool, from 1.
    let number: UInt32
    let deque = Deque()
    let parker = Parker()

    /// Jobs that its own tasks submitted, and jobs that it is done with: it alone stores.
    ///
    /// `completed` is stored after, and loaded before, `submitted` and what lanes published: see `PoolCore.isQuiet`.
    let submitted = CacheLine()
    let completed = CacheLine()
    /// The context of the task that it runs, as bits; 0 while it runs none.
    ///
    /// See `Inspection`.
    let current = CacheLine()

    // The worker's own.
    /// The stamp of the last task's end, while no time has passed since; else 0.
    var lastStamp: UInt64 = 0
    /// Where it looks for victims next.
    var nextVictim = 0
    /// The lane that it claimed from last.
    var lastLane: Lane?
    /// Whether it holds the one right to search: see `PoolCore+Parking`.
    var isSearching = false
    /// Set before `parker` is signalled: whether the waker handed over the right to search.
    let isHandedSearch = Atomic<Bool>(false)

    private static let ids = Atomic<UInt32>(0)

    init(number: UInt32) {
        id = Self.ids.wrappingAdd(1, ordering: .relaxed).newValue
        self.number = number
    }

    deinit {
        submitted.deallocate()
        completed.deallocate()
        current.deallocate()
    }

    /// The worker that the calling thread is, if it is one of `core`'s.
    static func current(of core: PoolCore) -> Worker? {
        let thread = pooltrace_thread()!
        guard thread.pointee.worker_core == UnsafeRawPointer(Unmanaged.passUnretained(core).toOpaque()),
            let worker = thread.pointee.worker
        else { return nil }
        return Unmanaged<Worker>.fromOpaque(worker).takeUnretainedValue()
    }

    func countCompleted() {
        completed.value.pointee.store(completed.value.pointee.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }

    func countSubmitted(_ count: UInt64 = 1) {
        submitted.value.pointee.store(submitted.value.pointee.load(ordering: .relaxed) &+ count, ordering: .releasing)
    }
}
