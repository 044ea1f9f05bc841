public import PoolModel
import PoolRecorder
import Synchronization

/// A task's failure: what `Future.value` and `map` throw.
///
/// It holds the error that the task threw, and everything that explains it.
///
/// Its description is the whole report, so an error that nobody catches explains itself. What is in it is described by
/// a thread of PoolTrace's after the task has ended, and who asks sooner waits for that.
public final class TaskFailure: Error, @unchecked Sendable {
    /// The error that the task threw.
    public let error: any Error
    /// The number of the pool.
    let pool: UInt32

    /// Whether somebody has been given this failure; the others are reported at shutdown or exit.
    private let retrieved = Atomic<Bool>(false)
    /// The failure that somebody was given in place of this one, if both are of one kind.
    private let leader = AtomicLazyReference<TaskFailure>()

    /// Guarded by `FailureDescriber`.
    var state: FailureDescriber.State
    /// What the registry knows of it; written, inside the registry's lock, before it is described.
    var registered: FailureRegistry.Entry?

    init(_ task: FailedTask, isDescribedAtOnce: Bool) {
        error = task.error
        pool = task.pool
        state = FailureDescriber.State(task: task, isDescribedAtOnce: isDescribedAtOnce)
    }

    /// What is known of the failure: input, throw site, submitters, worker, times, neighbours.
    public var failure: Failure { FailureDescriber.failure(of: self) }

    /// The error that the task threw, as `type`; `nil` if it is of another type.
    public func error<E: Error>(as type: E.Type = E.self) -> E? { error as? E }

    /// What a report says of an error: of the failure of another task, which the task asked for and threw on, which one
    /// it was.
    static func message(of error: any Error) -> String {
        guard var cause = error as? TaskFailure else { return String(describing: error) }
        while let deeper = cause.error as? TaskFailure { cause = deeper }
        let failure = cause.failure
        return "task \(failure.path) failed: \(failure.type): \(failure.message)"
    }

    /// The report: this failure and how many others have failed the same way by now.
    public var report: FailureReport { FailureRegistry.report(on: self) }
}

// MARK: - Retrieval

extension TaskFailure {
    var isRetrieved: Bool {
        get { retrieved.load(ordering: .relaxed) }
        set { retrieved.store(newValue, ordering: .relaxed) }
    }

    /// Counts as retrieved with another one, which was, if they turn out to be of one kind.
    func isRetrieved(with other: TaskFailure) {
        if other !== self { _ = leader.storeIfNil(other) } else { isRetrieved = true }
    }

    /// Whether it is not to be reported: inside the registry's lock, once both are registered.
    var isSettled: Bool {
        isRetrieved || leader.load().map { $0.registered?.signature == registered?.signature } ?? false
    }
}

// MARK: - CustomStringConvertible

extension TaskFailure: CustomStringConvertible, CustomDebugStringConvertible {
    /// The report as text.
    public var description: String {
        String(report.text(run: FailureRegistry.run, frames: Settings.current.frames).dropLast())
    }

    /// The report as text, on lines of its own: what Swift prints for an error that nobody caught.
    public var debugDescription: String { "\n" + description + "\n" }
}
