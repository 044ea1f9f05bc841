import CPoolRecorder
import PoolModel
import Synchronization

/// What a pool's carriers and observers have to do with a task, or the elements of a map, from the submit to the end.
///
/// The body holds it. So if it is gone before they have started, they never will.
final class TaskHooks: Sendable {
    /// `nil` without observers.
    private let task: ObservedTask?
    private let context: CarriedContext
    private let pool: PoolHooks
    /// How many have neither started nor been dropped.
    private let unstarted: Atomic<Int>

    init(of task: ObservedTask?, count: Int, context: CarriedContext, in pool: PoolHooks) {
        (self.task, self.context, self.pool) = (task, context, pool)
        unstarted = Atomic(count)
    }

    deinit {
        let left = unstarted.load(ordering: .relaxed)
        if left > 0 { tellDropped(left, pool.outcomeOfDropped) }
    }

    /// Runs the body of a task, or of one element, inside the task.
    func run<Result>(_ body: () throws -> Result) throws -> Result {
        guard task != nil, let current = TaskContext.current else { return try context.run(body) }
        let start = current.pointee.start
        begin(submitted: current.pointee.job.submitted, start: start)
        do {
            let result = try context.run(body)
            end(.succeeded, start: start, end: pooltrace_clock_now())
            return result
        } catch {
            let end = pooltrace_clock_now()
            let isCancelled = error is CancellationError && current.pointee.isAskedToStop
            self.end(isCancelled ? .cancelled : .failed, start: start, end: end)
            throw error
        }
    }

    /// Runs an async body, whose start and end are told by `AsyncTask`.
    func restore<Result: Sendable>(around body: () async throws -> Result) async rethrows -> Result {
        try await context.run(body)
    }

    // MARK: Telling the observers

    /// One starts.
    ///
    /// - Parameters: Stamps of the recorder's clock.
    func begin(submitted: UInt64, start: UInt64) {
        guard let task else { return }
        unstarted.wrappingSubtract(1, ordering: .relaxed)
        let wait = Self.duration(submitted, start)
        for observer in pool.observers { observer.started(task, after: wait) }
    }

    /// One that has started has ended.
    func end(_ outcome: Outcome, start: UInt64, end: UInt64) {
        guard let task else { return }
        let run = Self.duration(start, end)
        for observer in pool.observers { observer.ended(task, outcome, after: run) }
    }

    /// Some will not start.
    func drop(_ count: Int, _ outcome: Outcome) {
        guard count > 0, task != nil else { return }
        unstarted.wrappingSubtract(count, ordering: .relaxed)
        tellDropped(count, outcome)
    }

    private func tellDropped(_ count: Int, _ outcome: Outcome) {
        guard let task else { return }
        for observer in pool.observers { observer.dropped(count, of: task, outcome) }
    }

    private static func duration(_ from: UInt64, _ to: UInt64) -> Duration {
        .nanoseconds(Int64(clamping: pooltrace_clock_nanoseconds(from, max(from, to))))
    }
}
