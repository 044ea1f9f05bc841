import PoolModel
import PoolRecorder
import PoolSchedule

/// The process's failures: numbered, counted by signature, and kept until somebody has been given or told them.
enum FailureRegistry {
    /// How many failures are kept in full.
    ///
    /// Of more than that only the count is known; the first of each kind are the ones kept.
    private static let kept = 10_000

    private struct Group {
        var count: UInt64 = 0
        /// The paths of the first few.
        var paths: [String] = []
    }

    private struct State {
        var last: UInt64 = 0
        var groups: [Failure.Signature: Group] = [:]
        var failures: [TaskFailure] = []
        /// How many are kept when those that were retrieved meanwhile are let go.
        var cleanUpAt = 64
    }

    private static let state = Guarded(State())

    /// Numbers a failure and takes it in.
    ///
    /// `complete` is called with the failure as it is known now, inside the lock, so that events are recorded in the
    /// order of the numbers.
    static func add(_ failure: Failure, error: any Error, _ complete: (Failure) -> Void) -> TaskFailure {
        let added = state.withLock { state -> (entry: TaskFailure, retrieved: [TaskFailure]) in
            var failure = failure
            state.last += 1
            failure.number = state.last
            let signature = failure.signature
            var group = state.groups[signature] ?? Group()
            failure.sameBefore = group.count
            group.count += 1
            if group.paths.count <= FailureReport.namedOthers { group.paths.append(failure.path) }
            state.groups[signature] = group
            complete(failure)
            let entry = TaskFailure(error: error, failure: failure)
            if state.failures.count < kept || group.count == 1 { state.failures.append(entry) }
            guard state.failures.count >= state.cleanUpAt else { return (entry, []) }
            let retrieved = state.failures.filter(\.isRetrieved)
            state.failures.removeAll(where: \.isRetrieved)
            state.cleanUpAt = max(64, state.failures.count * 2)
            return (entry, retrieved)
        }
        // Released outside the lock: an error may hold anything, with a `deinit` that comes back here.
        withExtendedLifetime(added.retrieved) {}
        return added.entry
    }

    /// How many there have been.
    static var count: UInt64 { state.withLock { $0.last } }

    static func report(on entry: TaskFailure) -> FailureReport {
        state.withLock { report(on: entry.failure, in: $0) }
    }

    private static func report(on failure: Failure, in state: State) -> FailureReport {
        let group = state.groups[failure.signature] ?? Group(count: 1, paths: [])
        let others = group.paths.filter { $0 != failure.path }.prefix(FailureReport.namedOthers)
        return FailureReport(failure: failure, others: group.count - 1, otherPaths: Array(others))
    }

    /// Takes out the failures that nobody has retrieved: one report for each signature, in the order of their numbers.
    ///
    /// - Parameter pool: Only those of this pool.
    /// - Returns: The reports, and what is not kept any more, to be released outside of every lock.
    static func takeUnretrieved(pool: UInt32? = nil) -> (reports: [FailureReport], released: [TaskFailure]) {
        state.withLock { state in
            let released = state.failures.filter { $0.isRetrieved || pool == nil || $0.failure.pool == pool }
            state.failures.removeAll { $0.isRetrieved || pool == nil || $0.failure.pool == pool }
            var seen: Set<Failure.Signature> = []
            let unretrieved = released.filter { !$0.isRetrieved && (pool == nil || $0.failure.pool == pool) }
            let reports = unretrieved.map(\.failure).sorted { $0.number < $1.number }.compactMap { failure in
                seen.insert(failure.signature).inserted ? report(on: failure, in: state) : nil
            }
            return (reports, released)
        }
    }

    /// What reports say about this run.
    static var run: FailureReport.Run {
        let settings = Settings.current
        let order: FailureReport.Run.Order =
            switch settings.mode {
            case _ where settings.replay != nil: .replayed(schedule: settings.replay)
            case .parallel: .parallel
            case .serial(let strategy): .init(strategy, seed: settings.seed)
            }
        return FailureReport.Run(
            command: Recorder.command, trace: Recorder.traceDirectory, order: order,
            workers: settings.workers.map { UInt32($0) }, isOfOneTask: settings.only != nil)
    }
}
