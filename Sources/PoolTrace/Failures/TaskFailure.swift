public import PoolModel
import PoolRecorder
import Synchronization

/// A task's failure: what `Future.value` and `map` throw.
///
/// It holds the error that the task threw, and everything that explains it.
///
/// Its description is the whole report, so an error that nobody catches explains itself.
public final class TaskFailure: Error, Sendable {
    /// The error that the task threw.
    public let error: any Error
    /// What is known of the failure: input, throw site, submitters, worker, times, neighbours.
    public let failure: Failure

    /// Whether somebody has been given this failure; the others are reported at shutdown or exit.
    let retrieved = Atomic<Bool>(false)

    init(error: any Error, failure: Failure) {
        self.error = error
        self.failure = failure
    }

    var isRetrieved: Bool {
        get { retrieved.load(ordering: .relaxed) }
        set { retrieved.store(newValue, ordering: .relaxed) }
    }

    /// The error that the task threw, as `type`; `nil` if it is of another type.
    public func error<E: Error>(as type: E.Type = E.self) -> E? { error as? E }

    /// What a report says of an error: of the failure of another task, which the task asked for and threw on, which one
    /// it was.
    static func message(of error: any Error) -> String {
        guard var cause = error as? TaskFailure else { return String(describing: error) }
        while let deeper = cause.error as? TaskFailure { cause = deeper }
        return "task \(cause.failure.path) failed: \(cause.failure.type): \(cause.failure.message)"
    }

    /// The report: this failure and how many others have failed the same way by now.
    public var report: FailureReport { FailureRegistry.report(on: self) }
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
