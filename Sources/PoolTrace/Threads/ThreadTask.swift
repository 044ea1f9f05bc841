import CPoolRecorder

/// The run of one thread, as something that ends and that others wait for.
final class ThreadTask: Awaitable, @unchecked Sendable {
    /// Written before the phase says that it failed.
    private var failure: TaskFailure?

    /// Ends it, after the thread's body has returned or thrown.
    func finish(_ failure: TaskFailure?) {
        self.failure = failure
        end(failure == nil ? Phase.succeeded : Phase.failed)
    }

    /// The failure of a thread that has ended, which counts as retrieved from now on.
    func retrieveFailure() -> TaskFailure? {
        guard phase == Phase.failed else { return nil }
        failure?.isRetrieved = true
        return failure
    }

    /// Prints the failure that nobody has asked for, and that nobody can ask for any more.
    func reportIfUnretrieved() {
        guard phase == Phase.failed, let failure, !failure.isRetrieved else { return }
        failure.isRetrieved = true
        PoolRegistry.report([failure.report])
    }
}
