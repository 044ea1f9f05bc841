import PoolTrace
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

/// Takes what Swift's runtime would hand to Dispatch's global queues.
final class DefaultExecutor: TaskExecutor, SchedulingExecutor {
    static let shared = DefaultExecutor()

    /// The one that the runtime would have made.
    private let platform = PlatformExecutorFactory.defaultExecutor

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        switch SwiftTasks.route {
        case .serial, .workers: SwiftTasks.enqueue(unowned, onMain: false)
        case .dispatch:
            let job = ExecutorJob(unowned)
            platform.enqueue(SwiftTasks.note(unowned) ? job.createTrampoline(to: Recorded.anywhere) : job)
        }
    }

    func enqueue<C: Clock>(
        _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
    ) {
        let unowned = UnownedJob(job)
        if SwiftTasks.route == .serial, let delay = delay as? Duration {
            SwiftTasks.sleep(unowned, for: delay)
        } else {
            (platform as? any SchedulingExecutor)?.enqueue(
                ExecutorJob(unowned), after: delay, tolerance: tolerance, clock: clock)
        }
    }

    func enqueue<C: Clock>(
        _ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C
    ) {
        let unowned = UnownedJob(job)
        if SwiftTasks.route == .serial, let delay = clock.now.duration(to: instant) as? Duration {
            SwiftTasks.sleep(unowned, for: delay)
        } else {
            (platform as? any SchedulingExecutor)?.enqueue(
                ExecutorJob(unowned), at: instant, tolerance: tolerance, clock: clock)
        }
    }
}
