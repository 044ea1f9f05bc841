import PoolModel
import Synchronization

/// The async tasks that a pool was given to run, and that it waits for before it ends.
///
/// Tasks that only prefer it may stay longer: they may be the ones that end it.
final class AsyncTasks: Sendable {
    /// How many there have been, and how many of those have ended; both only grow: see `PoolCore.isQuiet`.
    let submitted = Atomic<UInt64>(0)
    let completed = Atomic<UInt64>(0)
    /// Whether there may be tasks that only prefer the pool.
    let hasVisitors = Atomic<Bool>(false)
    private let live = Guarded<[ObjectIdentifier: AsyncTask]>([:])

    func enter(_ task: AsyncTask) {
        live.withLock { $0[ObjectIdentifier(task)] = task }
        submitted.wrappingAdd(1, ordering: .releasing)
    }

    /// Called when everybody who waits for the task has been told.
    func leave(_ task: AsyncTask) {
        live.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(task)) }
        completed.wrappingAdd(1, ordering: .releasing)
    }

    func cancelAll() {
        let tasks = live.withLock { Array($0.values) }
        for task in tasks { task.cancel() }
    }
}
