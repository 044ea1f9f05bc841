import CPoolRecorder

/// The run of one thread, as something that ends and that others wait for.
final class ThreadTask: Awaitable, @unchecked Sendable {
    /// Written before the phase says that it failed.
    private var failure: TaskFailure?

    /// Ends it, after the thread's body has returned or thrown.
    func finish(_ ending: Ending) {
        switch ending {
        case .succeeded: end(Phase.succeeded)
        case .cancelled: end(Phase.cancelled)
        case .failed(let failure, _):
            self.failure = failure
            end(Phase.failed)
        }
    }

    /// What is thrown to who joins: a failure, which counts as retrieved from now on.
    func retrieveError() -> (any Error)? {
        switch phase {
        case Phase.failed:
            failure?.isRetrieved = true
            return failure
        case Phase.cancelled: return CancellationError()
        default: return nil
        }
    }

    /// Prints the failure that nobody has asked for, and that nobody can ask for any more.
    func reportIfUnretrieved() {
        if phase == Phase.failed, let failure { PoolRegistry.reportUnretrieved(failure) }
    }
}
