/// Futures in the order in which they end: what `asCompleted` gives.
///
/// A `for` loop blocks its thread until the next future has ended; inside a task it runs, like any other wait, one that
/// nobody has started. A `for await` loop blocks no thread.
///
/// A future that waits for the task with the loop, so that the loop would never go on, is handed out all the same: its
/// `value()` throws the `WaitCycleError`.
public struct CompletedFutures<Element: AnyFuture>: Sendable {
    let futures: [Element]
}

// MARK: - Sequence

extension CompletedFutures: Sequence {
    /// Waits for each next future.
    public struct Iterator: IteratorProtocol {
        let queue: CompletionQueue

        /// Waits for the next future that ends; `nil` after the last.
        public func next() -> Element? {
            guard let next = try? queue.next(until: nil) else {
                return queue.takePending().map { unsafeDowncast($0, to: Element.self) }
            }
            return next.future()
        }
    }

    /// An iterator over all of them, from the first that has ended.
    public func makeIterator() -> Iterator { Iterator(queue: CompletionQueue(futures)) }
}

// MARK: - AsyncSequence

extension CompletedFutures: AsyncSequence {
    /// Waits for each next future without blocking a thread.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let queue: CompletionQueue

        /// Waits for the next future that ends; `nil` after the last.
        public func next() async -> Element? { await queue.next(until: nil).future() }
    }

    /// An iterator over all of them, from the first that has ended.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(queue: CompletionQueue(futures)) }
}

extension CompletionQueue.Next {
    /// The future, which was given to the queue as one of this type.
    func future<Element: AnyFuture>(as _: Element.Type = Element.self) -> Element? {
        if case .future(let future) = self { unsafeDowncast(future, to: Element.self) } else { nil }
    }
}
