/// The condition that ends a wait for several futures.
public enum WaitCondition: Sendable {
    /// One of them has ended, in whichever way.
    case firstCompleted
    /// One of them has failed, or all have ended; cancellations are no failures.
    case firstFailed
    /// All have ended.
    case allCompleted
}

/// Waits for several futures.
///
/// A failure that is waited for here does not count as retrieved.
///
/// - Parameters:
///   - futures: Each counts once, however often it is among them.
///   - condition: What to wait for.
///   - timeout: The maximum wait; without it, no limit. The tasks go on in any case.
/// - Returns: Those that have ended, and the others, in the order of `futures`.
/// - Throws: `WaitCycleError` where what is waited for waits for the caller.
public func wait<Element: AnyFuture>(
    for futures: some Sequence<Element>, until condition: WaitCondition = .allCompleted, timeout: Duration? = nil
) throws -> (done: [Element], pending: [Element]) {
    let futures = futures.withoutDuplicates
    let deadline = timeout.map { Scheduling.now.advanced(by: $0) }
    if condition == .allCompleted {
        // Those that have ended, too: a task's waits are the same ones in each order.
        for future in futures {
            if try !future.wait(until: deadline) { break }
        }
    } else if !condition.holds(for: futures) {
        let queue = CompletionQueue(futures.lazy.map { $0 })
        while case .future(let future) = try queue.next(until: deadline), !condition.isMet(by: future) {}
    }
    return futures.byEnd
}

/// Waits for several futures, without blocking a thread.
///
/// A failure that is waited for here does not count as retrieved.
///
/// - Parameters:
///   - futures: Each counts once, however often it is among them.
///   - condition: What to wait for.
///   - timeout: The maximum wait; without it, no limit. The tasks go on in any case.
/// - Returns: Those that have ended, and the others, in the order of `futures`.
public func wait<Element: AnyFuture>(
    for futures: some Sequence<Element>, until condition: WaitCondition = .allCompleted, timeout: Duration? = nil
) async -> (done: [Element], pending: [Element]) {
    let futures = futures.withoutDuplicates
    let deadline = timeout.map { Scheduling.now.advanced(by: $0) }
    if condition == .allCompleted {
        for future in futures where !future.hasEnded {
            if await !future.wait(until: deadline) { break }
        }
    } else if !condition.holds(for: futures) {
        let queue = CompletionQueue(futures.lazy.map { $0 })
        while case .future(let future) = await queue.next(until: deadline), !condition.isMet(by: future) {}
    }
    return futures.byEnd
}

extension WaitCondition {
    /// Whether the end of one future is what is waited for.
    fileprivate func isMet(by ended: AnyFuture) -> Bool {
        switch self {
        case .firstCompleted: true
        case .firstFailed: ended.phase == Awaitable.Phase.failed
        case .allCompleted: false
        }
    }

    fileprivate func holds(for futures: [some AnyFuture]) -> Bool {
        futures.contains { $0.hasEnded && isMet(by: $0) }
    }
}

extension Array where Element: AnyFuture {
    fileprivate var byEnd: (done: [Element], pending: [Element]) {
        var parts: (done: [Element], pending: [Element]) = ([], [])
        for future in self {
            if future.comesAfter(future.hasEnded) { parts.done.append(future) } else { parts.pending.append(future) }
        }
        return parts
    }
}
