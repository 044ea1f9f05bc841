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
    /// `nil`: what the error says of itself here.
    let message: String?
    /// Where it was thrown, innermost first, as addresses in this process; empty where `frames` say it.
    var addresses: [UInt64] = []
    let frames: [Failure.Frame]
}

extension RemoteThrow {
    /// The death of a worker: thrown nowhere, but it may have crashed somewhere.
    init(_ error: WorkerDiedError) {
        self.init(
            error: error, type: TypeName.of(WorkerDiedError.self), message: nil,
            addresses: error.crash?.addresses ?? [], frames: [])
    }
}
