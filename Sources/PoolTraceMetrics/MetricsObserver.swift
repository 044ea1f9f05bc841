public import CoreMetrics
import Metrics
public import PoolTrace

/// Counts and times the tasks of pools, with the dimensions `pool` and, for tasks that have a name, `task`.
///
/// ```swift
/// let pool = try ThreadPool(name: "files", configuration: PoolConfiguration(observers: [MetricsObserver()]))
/// ```
///
/// | metric | kind | |
/// | --- | --- | --- |
/// | `pooltrace.queued` | meter | tasks that wait |
/// | `pooltrace.running` | meter | tasks that have started and not ended |
/// | `pooltrace.wait` | timer | how long tasks waited before they started |
/// | `pooltrace.run` | timer | how long tasks ran |
/// | `pooltrace.succeeded`, `.failed`, `.cancelled` | counters | how tasks ended |
///
/// One observer may serve several pools.
public final class MetricsObserver: TaskObserver {
    private let factory: (any MetricsFactory)?
    private let metrics = Guarded<[ObservedTask: TaskMetrics]>([:])

    /// Makes an observer.
    ///
    /// - Parameter factory: The factory of the metrics; by default the one that `MetricsSystem` has when a task is
    ///   first submitted.
    public init(factory: (any MetricsFactory)? = nil) { self.factory = factory }

    /// Counts tasks that wait.
    public func submitted(_ count: Int, of tasks: ObservedTask) {
        metrics(of: tasks).queued.increment(by: Double(count))
    }

    /// Times a wait, and counts a task that runs.
    public func started(_ task: ObservedTask, after wait: Duration) {
        let metrics = metrics(of: task)
        metrics.queued.decrement()
        metrics.running.increment()
        metrics.wait.record(duration: wait)
    }

    /// Times a run, and counts how it ended.
    public func ended(_ task: ObservedTask, _ outcome: Outcome, after run: Duration) {
        let metrics = metrics(of: task)
        metrics.running.decrement()
        metrics.run.record(duration: run)
        metrics.counter(of: outcome).increment()
    }

    /// Counts tasks that will not start.
    public func dropped(_ count: Int, of tasks: ObservedTask, _ outcome: Outcome) {
        let metrics = metrics(of: tasks)
        metrics.queued.decrement(by: Double(count))
        metrics.counter(of: outcome).increment(by: count)
    }

    private func metrics(of task: ObservedTask) -> TaskMetrics {
        metrics.withLock { metrics in
            if let known = metrics[task] { return known }
            let made = TaskMetrics(task, factory ?? MetricsSystem.factory)
            metrics[task] = made
            return made
        }
    }
}

/// The metrics of the tasks of one name.
private struct TaskMetrics: Sendable {
    let queued: Meter
    let running: Meter
    let wait: Timer
    let run: Timer
    private let succeeded: Counter
    private let failed: Counter
    private let cancelled: Counter

    init(_ task: ObservedTask, _ factory: any MetricsFactory) {
        let dimensions = [("pool", task.pool)] + (task.name.map { [("task", $0)] } ?? [])
        queued = Meter(label: "pooltrace.queued", dimensions: dimensions, factory: factory)
        running = Meter(label: "pooltrace.running", dimensions: dimensions, factory: factory)
        wait = Timer(label: "pooltrace.wait", dimensions: dimensions, factory: factory)
        run = Timer(label: "pooltrace.run", dimensions: dimensions, factory: factory)
        succeeded = Counter(label: "pooltrace.succeeded", dimensions: dimensions, factory: factory)
        failed = Counter(label: "pooltrace.failed", dimensions: dimensions, factory: factory)
        cancelled = Counter(label: "pooltrace.cancelled", dimensions: dimensions, factory: factory)
    }

    func counter(of outcome: Outcome) -> Counter {
        switch outcome {
        case .succeeded: succeeded
        case .failed: failed
        case .cancelled: cancelled
        }
    }
}
