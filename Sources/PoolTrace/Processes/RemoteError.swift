import PoolModel

/// An error that a task threw in a worker process and whose type cannot be sent: it is not `Codable`, or it is private.
public struct RemoteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The error's type, `jsoncheck.JSONError`.
    public let type: String
    /// What the error said of itself there.
    public let message: String

    /// What the error said of itself.
    public var description: String { message }
}

/// What a body throws for an error of a worker process, so that the failure explains that one.
struct RemoteThrow: Error {
    /// What the caller of the task's `value()` finds in the failure.
    let error: any Error
    let type: String
    let message: String
    /// Where it was thrown, innermost first.
    let frames: [Failure.Frame]
}

extension RemoteThrow {
    /// An error of this side, about the worker: thrown nowhere that would explain anything.
    init(_ error: any Error) {
        self.init(
            error: error, type: TypeName.of(Swift.type(of: error)), message: String(describing: error),
            frames: [])
    }
}
