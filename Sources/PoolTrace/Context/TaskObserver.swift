public import PoolModel

/// Is notified of what happens to a pool's tasks: for metrics.
///
/// The product `PoolTraceMetrics` has one for swift-metrics.
///
/// It is called on the thread where it happens, by many at once: keep it short, and do not wait. It is not notified of
/// Swift's tasks that only prefer the pool as their executor, nor of callbacks of futures.
public protocol TaskObserver: Sendable {
    /// Tasks were submitted: one, or all elements of a map.
    func submitted(_ count: Int, of tasks: ObservedTask)

    /// A task starts.
    ///
    /// - Parameters:
    ///   - task: Which; `CurrentTask` tells more.
    ///   - wait: How long it has waited in the queue.
    func started(_ task: ObservedTask, after wait: Duration)

    /// A task that had started has ended.
    ///
    /// - Parameters:
    ///   - task: Which; `CurrentTask` tells more.
    ///   - outcome: How.
    ///   - run: How long it has run; an async task, from its start to its end.
    func ended(_ task: ObservedTask, _ outcome: Outcome, after run: Duration)

    /// Tasks have ended that had not started: as cancelled, or as failed where the pool took no more.
    func dropped(_ count: Int, of tasks: ObservedTask, _ outcome: Outcome)
}
