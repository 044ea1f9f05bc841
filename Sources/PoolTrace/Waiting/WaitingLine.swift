import CPoolRecorder
import PoolModel
import Synchronization

/// Threads parked until something holds that others bring about: a pool is quiet, a queue has room.
///
/// A waiter announces itself, stands in line, passes a full fence and looks once more before it parks. A thread that
/// may have brought it about passes a full fence and then looks at `isEmpty`. So one of them sees the other.
final class WaitingLine: Sendable {
    private let waiting = Atomic<Int>(0)
    private let parked = Guarded<[Parker]>([])

    /// Whether nobody waits.
    var isEmpty: Bool { waiting.load(ordering: .sequentiallyConsistent) == 0 }

    /// Parks the calling thread until `holds`; looked at again each time that somebody calls `admitAll`.
    func park(until holds: () -> Bool) {
        let parker = ThreadState.current.parker
        waiting.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { waiting.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        while true {
            parker.prepare()
            pooltrace_delay()
            parked.withLock { $0.append(parker) }
            pooltrace_full_fence()
            if holds() {
                // Taken out by somebody else meanwhile: then a signal is on the way, and must not hit a later wait.
                if !leave(parker) { _ = parker.wait() }
                return
            }
            _ = parker.wait()
        }
    }

    /// Lets everybody in line look again.
    func admitAll() {
        let admitted = parked.withLock { parked in
            defer { parked = [] }
            return parked
        }
        pooltrace_delay()
        for parker in admitted { parker.signal() }
    }

    private func leave(_ parker: Parker) -> Bool {
        parked.withLock { parked in
            guard let place = parked.firstIndex(where: { $0 === parker }) else { return false }
            parked.remove(at: place)
            return true
        }
    }
}
