import Glibc
import PoolTrace
import Synchronization

private final class Arrivals: Sendable {
    let count = Atomic(0)
}

/// So many pools with so many workers each, all of which run a task at the same moment.
func crowd(pools count: Int, workers: Int) throws {
    let pools = try (1...count).map { try ThreadPool(name: "crowd-\($0)", workers: workers) }
    let arrivals = Arrivals()
    for pool in pools {
        for _ in 0..<workers {
            pool.submit(name: "meet") {
                arrivals.count.add(1, ordering: .relaxed)
                while arrivals.count.load(ordering: .relaxed) < count * workers { usleep(10_000) }
            }
        }
    }
    for pool in pools { try pool.shutdown() }
}
