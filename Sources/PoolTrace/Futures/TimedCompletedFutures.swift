/// Futures in the order in which they end, until the time is up: what `asCompleted` with a timeout gives.
///
/// One thread or async task at a time asks for the next; each future is handed out once.
public struct TimedCompletedFutures<Element: AnyFuture>: Sendable {
    private let queue: CompletionQueue
    private let timeout: Duration
    private let deadline: ContinuousClock.Instant

    init(_ futures: some Sequence<Element>, timeout: Duration) {
        queue = CompletionQueue(futures.lazy.map { $0 })
        self.timeout = timeout
        deadline = Scheduling.now.advanced(by: timeout)
    }

    /// Waits for the next future that ends.
    ///
    /// - Returns: The future; `nil` after the last.
    /// - Throws: `TimeoutError`, which names the first that has not ended, and `WaitCycleError` where all that are left
    ///   wait for the caller.
    public func next() throws -> Element? { try element(queue.next(until: deadline)) }

    private func element(_ next: CompletionQueue.Next) throws -> Element? {
        if case .timedOut = next, let error = queue.timeoutError(timeout) { throw error }
        return next.future()
    }
}

// MARK: - AsyncSequence

extension TimedCompletedFutures: AsyncSequence {
    /// Waits for each next future without blocking a thread.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let futures: TimedCompletedFutures

        /// Waits for the next future that ends.
        ///
        /// - Returns: The future; `nil` after the last.
        /// - Throws: `TimeoutError`, which names the first that has not ended.
        public func next() async throws -> Element? {
            try await futures.element(futures.queue.next(until: futures.deadline))
        }
    }

    /// An iterator over those that were not handed out yet.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(futures: self) }
}
