import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

// A pool is quiet when every job that was ever shown is done with. Nobody counts them in one place: each worker counts what it completed
// and what its tasks submitted, each lane what was pushed. All counts only grow. Read all completions first, then all submissions: if they
// are equal, the pool was quiet at the moment between the two.
//
// Whoever joins announces itself in `joiners`, looks, and parks in `quietRoom`. Workers look at `joiners` each time they go to sleep, which
// the last of them does after the last job; both sides pass a full fence in between, so one of them sees the other.
extension PoolCore {
    var isQuiet: Bool {
        let counts = counts
        return counts.completed == counts.submitted
    }

    /// Parks the calling thread until the pool is quiet.
    func waitUntilQuiet() {
        joiners.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { joiners.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        let parker = ThreadState.current.parker
        while true {
            parker.prepare()
            quietRoom.withLock { $0.append(parker) }
            pooltrace_full_fence()
            if isQuiet {
                // If a worker has taken the parker out meanwhile its signal must not hit a later wait.
                let isOurs = quietRoom.withLock { room in
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

    /// Called by a worker that has nothing to do.
    @inline(never)
    func tellJoiners() {
        guard isQuiet else { return }
        let waiting = quietRoom.withLock { room in
            defer { room = [] }
            return room
        }
        for parker in waiting { parker.signal() }
    }
}
