import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

// An async main may read its arguments before it starts anything, and they may say in which mode it is to run. So
// nothing is settled as long as main's own task is all there is: it runs on the main thread, unseen, also where it hops
// to the default executor and back. With the first other task, or the first pool, the settings are what they are.
extension SwiftTasks {
    private static let lock = Guarded<Void>(())
    /// Main's, at most one; guarded by the lock.
    nonisolated(unsafe) private static var waiting: [(job: UnownedJob, place: SegmentPlace)] = []
    private static let hasBegun = Atomic<Bool>(false)

    /// Takes a job if it is main's, and all there is.
    package static func postpones(_ job: UnownedJob, onMain: Bool) -> Bool {
        if hasBegun.load(ordering: .acquiring) { return false }
        let id = pooltrace_async_id(job.address)
        guard id != 0, !Recorder.isStarted, isMain(id, job.address) else {
            begin()
            return false
        }
        return lock.withLock { _ in
            if hasBegun.load(ordering: .relaxed) { return false }
            waiting.append((job, onMain ? .main : .anywhere))
            return true
        }
    }

    /// Something is there besides main.
    package static func begin() {
        if !hasBegun.load(ordering: .relaxed) { lock.withLock { _ in hasBegun.store(true, ordering: .releasing) } }
    }

    /// Runs main on its own until there is something else, or it waits for something, and then queues it like anything
    /// else.
    package static func runBeginning(_ enqueue: (UnownedJob, _ onMain: Bool) -> Void) {
        while let next = lock.withLock({ _ in waiting.popLast() }) {
            if hasBegun.load(ordering: .relaxed) {
                enqueue(next.job, next.place == .main)
            } else {
                next.place.run(next.job)
            }
        }
        // A job that came meanwhile is queued by now, or waits.
        lock.withLock { _ in hasBegun.store(true, ordering: .releasing) }
        if let next = lock.withLock({ _ in waiting.popLast() }) { enqueue(next.job, next.place == .main) }
    }
}
