import CPoolRecorder
import PoolModel
import PoolRecorder

/// Looks whether bounds are passed, again and again, at what pools have anyway.
struct SnapshotLook {
    /// A queue's count of what has ever come in, as it was: what has come in by then and is still there has waited
    /// since.
    ///
    /// That holds since what comes first leaves first.
    private struct Watermarks {
        private var marks: [(stamp: UInt64, count: UInt64)] = []

        /// Notes the count of now; returns whether something has been there for as long as `limit`, in nanoseconds.
        mutating func note(in published: UInt64, out started: UInt64, at now: UInt64, limit: UInt64) -> Bool {
            // The newest that is old enough says most.
            if let old = marks.lastIndex(where: { pooltrace_clock_nanoseconds($0.stamp, now) >= limit }) {
                marks.removeFirst(old)
            }
            if marks.last.map({ pooltrace_clock_nanoseconds($0.stamp, now) >= limit / 8 }) ?? true {
                marks.append((now, published))
            }
            guard let oldest = marks.first, pooltrace_clock_nanoseconds(oldest.stamp, now) >= limit else {
                return false
            }
            return started < oldest.count
        }
    }

    private struct Place: Hashable {
        let pool: UInt64
        /// A lane's address, or one of the lines of jobs with a priority.
        let queue: UInt
    }

    /// How many tasks had ended, and how many of them failed, at a moment.
    struct Ended {
        let stamp: UInt64
        let ended: UInt64
        let failed: UInt64

        static var now: Ended {
            let failed = FailureDescriber.count
            return Ended(stamp: pooltrace_clock_now(), ended: PoolRegistry.begunTasks, failed: failed)
        }
    }

    private struct Run: Hashable {
        let task: UInt64
        let start: UInt64
    }

    private struct Fired: Hashable {
        let bound: SnapshotBound
        let pool: UInt64
    }

    private let bounds: [SnapshotBound]
    private var watermarks: [Place: Watermarks] = [:]
    private var history: [Ended] = []
    /// Failures at the look before: their tasks have been counted as ended by now.
    private var failed: UInt64 = 0
    /// Bounds that are passed, and for which a snapshot was kept.
    private var fired: Set<Fired> = []
    private var told: Set<Run> = []

    /// The time over which failures are counted, in nanoseconds, and how many tasks must have ended in it.
    private static let window: UInt64 = 10_000_000_000
    private static let leastEnded: UInt64 = 20

    /// - Parameter start: Failures count from then on.
    init(_ bounds: [SnapshotBound], since start: Ended) {
        self.bounds = bounds
        history = [start]
        failed = start.failed
    }

    /// How long to wait between two looks: a bound is seen an eighth late at most.
    var interval: Duration {
        let times = bounds.compactMap { bound -> Duration? in
            switch bound {
            case .wait(let time), .run(let time): time / 8
            case .queue, .failures: .milliseconds(50)
            }
        }
        return max(.milliseconds(5), min(times.min() ?? .seconds(1), .seconds(1)))
    }

    /// Looks once.
    ///
    /// - Parameter keep: Is given why, and the task that it is about or 0; false: it is too early for a snapshot, and
    ///   the next look tries again.
    mutating func look(at pools: [PoolCore], keep: (String, UInt64) -> Bool) {
        let now = pooltrace_clock_now()
        var passed: Set<Fired> = []
        var running: Set<Run> = []
        let live = Set(pools.map(\.id))
        watermarks = watermarks.filter { live.contains($0.key.pool) }
        for bound in bounds {
            switch bound {
            case .failures(let percent):
                guard failsTooOften(percent, at: now) else { continue }
                let reason = "\(bound): of the tasks that ended in the last 10 seconds, too many failed"
                fire(Fired(bound: bound, pool: 0), &passed) { keep(reason, 0) }
            case .queue(let most):
                for core in pools where core.queueLength > most {
                    let reason = "\(bound): pool \(Self.name(core)) has \(core.queueLength) tasks in its queue"
                    fire(Fired(bound: bound, pool: core.id), &passed) { keep(reason, 0) }
                }
            case .wait(let limit):
                for core in pools where hasWaiting(core, for: UInt64(limit.nanoseconds), at: now) {
                    let reason = "\(bound): a task waits in the queue of pool \(Self.name(core))"
                    fire(Fired(bound: bound, pool: core.id), &passed) { keep(reason, 0) }
                }
            case .run(let limit):
                let limit = UInt64(limit.nanoseconds)
                for core in pools where core.hasTaskRunning(for: limit, at: now) {
                    for task in RunningTask.all(of: [core]) where task.running(at: now) > limit {
                        let run = Run(task: task.task, start: task.start)
                        running.insert(run)
                        guard !told.contains(run) else { continue }
                        let time = DurationText.text(nanoseconds: task.running(at: now))
                        let reason = "\(bound): task \(task.title) has run for \(time) in pool \(Self.name(core))"
                        if keep(reason, task.task) { told.insert(run) }
                    }
                }
            }
        }
        // A bound that is passed no more may be passed again.
        fired.formIntersection(passed)
        told.formIntersection(running)
    }

    private mutating func fire(_ place: Fired, _ passed: inout Set<Fired>, _ keep: () -> Bool) {
        passed.insert(place)
        if !fired.contains(place), keep() { fired.insert(place) }
    }

    private static func name(_ core: PoolCore) -> String { "\"\(core.name)\"" }

    // MARK: - What is passed

    private mutating func hasWaiting(_ core: PoolCore, for limit: UInt64, at now: UInt64) -> Bool {
        var isPassed = false
        core.forEachQueue { queue, published, started in
            let place = Place(pool: core.id, queue: queue)
            if watermarks[place, default: Watermarks()].note(in: published, out: started, at: now, limit: limit) {
                isPassed = true
            }
        }
        // What a worker has taken over to run later, or its own task submitted.
        core.forEachWorker { worker in
            if let submitted = worker.deque.oldestSubmission, pooltrace_clock_nanoseconds(submitted, now) > limit {
                isPassed = true
            }
        }
        return isPassed
    }

    private mutating func failsTooOften(_ percent: Double, at now: UInt64) -> Bool {
        let ended = PoolRegistry.begunTasks
        history.append(Ended(stamp: now, ended: ended, failed: failed))
        defer { failed = FailureDescriber.count }
        while let first = history.first, pooltrace_clock_nanoseconds(first.stamp, now) > Self.window {
            history.removeFirst()
        }
        guard let first = history.first else { return false }
        let (all, bad) = (ended - first.ended, failed - first.failed)
        return all >= Self.leastEnded && Double(bad) * 100 > percent * Double(all)
    }
}
