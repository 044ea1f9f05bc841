import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

// A bounded queue: `queued` counts the jobs that wait. It is one counter for the whole pool, so only pools with a bound pay for it.
extension PoolCore {
    /// Waits until the queue has room, and takes it.
    ///
    /// A task of this pool never waits here: it would wait for itself.
    func waitForSpace() {
        let limit = configuration.queueLimit ?? .max
        let isOwnTask = Worker.current(of: self) != nil || TaskContext.current?.pointee.isOf(self) == true
        if !isOwnTask { waitForSpace(below: limit) }
        queued.wrappingAdd(1, ordering: .sequentiallyConsistent)
    }

    /// Called when a job leaves the queue.
    func makeSpace() {
        queued.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        guard spaceWaiters.load(ordering: .sequentiallyConsistent) != 0 else { return }
        let waiting = spaceRoom.withLock { room in
            defer { room = [] }
            return room
        }
        for parker in waiting { parker.signal() }
    }

    /// Parks the calling thread until fewer than `limit` jobs wait.
    ///
    /// It announces itself before it looks, and `makeSpace` counts down before it looks for waiters: one of them sees the other.
    func parkUntilSpace(below limit: Int) {
        let parker = ThreadState.current.parker
        spaceWaiters.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { spaceWaiters.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        while true {
            parker.prepare()
            spaceRoom.withLock { $0.append(parker) }
            if queued.load(ordering: .sequentiallyConsistent) < limit {
                let isOurs = spaceRoom.withLock { room in
                    guard let place = room.firstIndex(where: { $0 === parker }) else { return false }
                    room.remove(at: place)
                    return true
                }
                if !isOurs { _ = parker.wait() }
                return
            }
            _ = parker.wait()
        }
    }
}
