internal import TraceAnalysis

/// What a full-screen timeline has below each other: by pool, a lane for each level of each worker that ran anything.
struct TimelineLanes {
    /// One level of a worker.
    struct Lane: Equatable {
        /// The worker's place among `Run.workers`.
        let worker: Int
        let level: Int
    }

    /// A pool in which something ran, or waits to.
    struct Pool {
        let number: UInt32
        /// The places of its lanes.
        let lanes: Range<Int>
        /// The workers that ran nothing, by their numbers in the pool.
        let idle: [UInt32]
    }

    private(set) var lanes: [Lane] = []
    private(set) var pools: [Pool] = []
    /// The pools in which nothing ran.
    private(set) var idle = IdlePools()

    init(_ run: Run, _ index: TimelineIndex) {
        var place = 0
        while place < run.workers.count {
            let pool = run.workers[place].pool
            let first = lanes.count
            let begin = place
            var idleWorkers: [UInt32] = []
            while place < run.workers.count, run.workers[place].pool == pool {
                let worker = run.workers[place]
                if index.isBusy(worker) {
                    for level in 0..<index.levels(of: worker) { lanes.append(Lane(worker: place, level: level)) }
                } else {
                    idleWorkers.append(worker.number)
                }
                place += 1
            }
            if lanes.count > first {
                pools.append(Pool(number: pool, lanes: first..<lanes.count, idle: idleWorkers))
            } else {
                idle.add(run.pool(pool), workers: place - begin)
            }
        }
    }
}
