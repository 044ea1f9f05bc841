import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

/// The process's failures: counted by signature, and kept until somebody has been given or told them.
///
/// Failures come here from `FailureDescriber`, in the order of their numbers, and off the workers: a signature needs
/// debug information. Nothing in here runs code of the program's.
enum FailureRegistry {
    /// How many failures are kept until they are reported.
    ///
    /// Of more than that only the count is known; the first of each kind are the ones kept.
    private static let kept = 10_000
    /// How many failures of one signature are described, whether the program asks for them or not.
    ///
    /// A program that handles its failures may have millions, and a description takes microseconds of a processor.
    static let describedAlike = 256

    /// What is known of a failure before it is described.
    struct Entry {
        let number: UInt64
        /// How many earlier failures had the same signature.
        let sameBefore: UInt64
        let type: String
        let signature: Failure.Signature
    }

    private struct Group {
        /// The number of the first.
        let first: UInt64
        var count: UInt64 = 0
        /// The paths of the first few.
        var paths: [String] = []
        /// How many the trace has been told that there are.
        var recorded: UInt64 = 0
    }

    private struct State {
        var groups: [Failure.Signature: Group] = [:]
        /// The names of the types of errors, which take microseconds to make.
        var types: [ObjectIdentifier: String] = [:]
        var failures: [TaskFailure] = []
        /// How many are kept when those that were retrieved meanwhile are let go.
        var cleanUpAt = 64
        /// Those that are to be described, oldest last.
        var undescribed: [TaskFailure] = []
    }

    private static let state = Guarded(State())

    // MARK: Taking in

    /// Takes in what has failed meanwhile.
    static func collect() {
        let (released, hasNew) = state.withLock { state in
            let taken = FailureDescriber.takeFailed()
            guard !taken.isEmpty else { return ([TaskFailure](), false) }
            var new: [TaskFailure] = []
            for (failure, number) in taken where add(failure, number, to: &state) { new.append(failure) }
            state.undescribed.insert(contentsOf: new.reversed(), at: 0)
            // An error may hold anything, with a `deinit` that comes back here: released outside the lock.
            var released = taken.map(\.failure)
            if state.failures.count >= state.cleanUpAt {
                released += state.failures.filter(\.isSettled)
                state.failures.removeAll(where: \.isSettled)
                state.cleanUpAt = max(64, state.failures.count * 2)
            }
            return (released, !new.isEmpty)
        }
        withExtendedLifetime(released) {}
        if hasNew { FailureDescriber.noteUndescribed() }
    }

    /// Whether it is to be described.
    private static func add(_ failure: TaskFailure, _ number: UInt64, to state: inout State) -> Bool {
        // Its task is there as long as it is not described, which it is not before it is here.
        guard let task = failure.state.task else { return false }
        let type = type(of: task, in: &state)
        let signature = task.signature(type: type)
        var group = state.groups[signature] ?? Group(first: number)
        failure.registered = Entry(number: number, sameBefore: group.count, type: type, signature: signature)
        group.count += 1
        if group.paths.count <= FailureReport.namedOthers { group.paths.append(task.path) }
        let isFirst = group.count == 1
        let isFew = group.count <= describedAlike
        state.groups[signature] = group
        if !failure.isRetrieved, state.failures.count < kept || isFirst { state.failures.append(failure) }
        return isFew && !failure.state.isDescribedAtOnce
    }

    private static func type(of task: FailedTask, in state: inout State) -> String {
        guard case .thrown = task.origin else { return task.type }
        let key = ObjectIdentifier(Swift.type(of: task.error))
        if let known = state.types[key] { return known }
        let type = task.type
        state.types[key] = type
        return type
    }

    // MARK: Giving out

    /// The next failure that is to be described.
    static func nextUndescribed() -> TaskFailure? {
        collect()
        return state.withLock { $0.undescribed.popLast() }
    }

    /// All of them, oldest first.
    static func takeUndescribed() -> [TaskFailure] {
        state.withLock { state in
            defer { state.undescribed = [] }
            return state.undescribed.reversed()
        }
    }

    /// What is known of a failure without a description.
    static func entry(of failure: TaskFailure) -> Entry {
        if let known = state.withLock({ _ in failure.registered }) { return known }
        collect()
        // A thread that has it has it from the worker, which had linked it before.
        return state.withLock { _ in failure.registered! }
    }

    static func signature(of failure: TaskFailure) -> Failure.Signature { entry(of: failure).signature }

    /// The report on a failure, which is described first.
    static func report(on failure: TaskFailure) -> FailureReport { reports(on: [failure])[0] }

    /// The same for several.
    static func reports(on failures: [TaskFailure]) -> [FailureReport] {
        let described = failures.map(\.failure)
        return state.withLock { state in described.map { report(on: $0, in: state) } }
    }

    private static func report(on failure: Failure, in state: State) -> FailureReport {
        let group = state.groups[failure.signature] ?? Group(first: failure.number, count: 1)
        let others = group.paths.filter { $0 != failure.path }.prefix(FailureReport.namedOthers)
        return FailureReport(failure: failure, others: group.count - 1, otherPaths: Array(others))
    }

    /// Takes out the failures that nobody has retrieved, and that are to be reported: one for each signature, in the
    /// order of their numbers.
    ///
    /// - Parameter pool: Only those of this pool.
    /// - Returns: What to report, and what is not kept any more, to be released outside of every lock.
    static func takeUnretrieved(pool: UInt32? = nil) -> (unretrieved: [TaskFailure], released: [TaskFailure]) {
        collect()
        return state.withLock { state in
            func isWanted(_ failure: TaskFailure) -> Bool { pool == nil || failure.pool == pool }
            let released = state.failures.filter { $0.isSettled || isWanted($0) }
            state.failures.removeAll { $0.isSettled || isWanted($0) }
            var seen: Set<Failure.Signature> = []
            let unretrieved = released.filter { !$0.isSettled && isWanted($0) }
                .sorted { ($0.registered?.number ?? 0) < ($1.registered?.number ?? 0) }
                .filter { $0.registered.map { seen.insert($0.signature).inserted } ?? false }
            return (unretrieved, released)
        }
    }

    /// Says in the trace how many failures there were of the kinds of which not each is described.
    static func recordCounts() {
        guard pooltrace_is_recording() else { return }
        state.withLock { state in
            for (signature, group) in state.groups where group.count > max(UInt64(describedAlike), group.recorded) {
                pooltrace_record_failure_count(pooltrace_clock_now(), group.first, group.count - 1)
                state.groups[signature]?.recorded = group.count
            }
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
