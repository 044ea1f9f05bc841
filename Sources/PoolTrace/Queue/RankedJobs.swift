import PoolModel
import Synchronization

/// Jobs of a priority of their own, in order of submission; any thread pushes and takes.
///
/// Pools that use no priorities pay for one look at `waiting`.
struct RankedJobs {
    private struct Line {
        // A queue in two arrays: amortized constant time.
        var incoming: [Job] = []
        var outgoing: [Job] = []
    }

    private let line = Guarded(Line())
    /// How many there are: changed inside the lock, loaded by anybody.
    private let waiting = CacheLine()
    /// How many there have ever been.
    let published = CacheLine()

    func deallocate() {
        waiting.deallocate()
        published.deallocate()
    }

    /// May be out of date at once.
    var isEmpty: Bool { waiting.value.pointee.load(ordering: .acquiring) == 0 }

    /// How many wait; may be out of date at once.
    var count: UInt64 { waiting.value.pointee.load(ordering: .acquiring) }

    func push(_ job: Job) {
        line.withLock { line in
            line.incoming.append(job)
            published.value.pointee.wrappingAdd(1, ordering: .releasing)
            waiting.value.pointee.wrappingAdd(1, ordering: .releasing)
        }
    }

    /// The one that waits longest.
    func take() -> Job? {
        guard !isEmpty else { return nil }
        return line.withLock { line in
            if line.outgoing.isEmpty {
                swap(&line.incoming, &line.outgoing)
                line.outgoing.reverse()
            }
            guard let job = line.outgoing.popLast() else { return nil }
            waiting.value.pointee.wrappingSubtract(1, ordering: .releasing)
            return job
        }
    }
}
