import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// Child tasks that are alive at the same time, up to a limit, and how they have ended: what `asyncMap` and the bounded
/// groups keep.
///
/// It belongs to the task that adds children; they only count their ends.
final class AsyncWindow<Value: Sendable>: @unchecked Sendable {
    typealias Group = TaskGroup<(index: Int, result: Result<Value, any Error>)>

    private let limit: Int
    private let ended = Atomic<Int>(0)
    /// How many were added, and of how many the end was taken.
    private(set) var added = 0
    private(set) var taken = 0

    init(limit: Int) { self.limit = max(1, limit) }

    var isFull: Bool { added - taken >= limit }
    var isEmpty: Bool { added == taken }

    /// Adds a child that is a task of the pool.
    ///
    /// - Parameters:
    ///   - job: The child; owns no reference to the parent.
    ///   - skipsIfCancelled: Whether it ends as cancelled where it was cancelled before it started; otherwise its body
    ///     finds out.
    func add(
        _ job: Job, to group: inout Group, on pool: ThreadPool, skipsIfCancelled: Bool,
        input: TaskInput?, _ body: @escaping @Sendable () async throws -> Value
    ) {
        let (core, index) = (pool.core, added)
        added += 1
        let task = AsyncTask(job: job, of: core, input: input)
        core.asyncTasks.enter(task)
        task.handOver {
            group.addTask(executorPreference: pool) {
                var value: Value?
                let isUnwanted = skipsIfCancelled && (Task.isCancelled || core.isCancelling.load(ordering: .relaxed))
                let ending = await task.run(in: core, unless: isUnwanted) { value = try await body() }
                core.asyncTasks.leave(task)
                self.countEnd()
                return (index, Self.result(value, ending))
            }
        }
    }

    /// Adds a child that is nobody's in particular.
    func add(to group: inout Group, _ body: @escaping @Sendable () async throws -> Value) {
        let index = added
        added += 1
        group.addTask {
            do {
                return (index, .success(try await body()))
            } catch {
                return (index, .failure(error))
            }
        }
    }

    private func countEnd() {
        ended.wrappingAdd(1, ordering: .releasing)
        Scheduling.progressed()
    }

    private static func result(_ value: Value?, _ ending: Ending) -> Result<Value, any Error> {
        if let value { return .success(value) }
        if case .failed(let failure, _) = ending { return .failure(failure) }
        return .failure(CancellationError())
    }

    /// Waits for the next child that ends; `nil` if none is left.
    ///
    /// - Parameter isDriven: Whether the children are tasks of a pool, which in serial mode the waiter runs.
    func next(
        of group: inout Group, isDriven: Bool = true, isolation: isolated (any Actor)? = #isolation
    ) async -> (index: Int, result: Result<Value, any Error>)? {
        guard !isEmpty else { return nil }
        if isDriven {
            let taken = taken
            await Scheduling.drive(until: { self.ended.load(ordering: .acquiring) > taken })
        }
        let next = await group.next(isolation: isolation)
        taken += 1
        return next
    }
}
