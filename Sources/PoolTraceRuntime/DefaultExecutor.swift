import PoolTrace
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

/// Takes what Swift's runtime would hand to Dispatch's global queues.
final class DefaultExecutor: TaskExecutor, SchedulingExecutor {
    static let shared = DefaultExecutor()

    /// The one that the runtime would have made.
    private let platform = PlatformExecutorFactory.defaultExecutor as? any SchedulingExecutor

    func enqueue(_ job: consuming ExecutorJob) {
        let priority = job.priority
        let job = UnownedJob(job)
        RaceDetection.own {
            if !SwiftTasks.postpones(job, onMain: false) { Self.enqueue(job, priority: priority) }
        }
    }

    /// Queues a job where the route says.
    static func enqueue(_ job: UnownedJob, priority: JobPriority) {
        switch SwiftTasks.route {
        case .serial, .workers: SwiftTasks.enqueue(job, onMain: false)
        case .dispatch: Dispatched.enqueue(job, priority: priority)
        }
    }

    // What comes here only resumes a task that sleeps.

    func enqueue<C: Clock>(_ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C) {
        SwiftTasks.begin()
        if SwiftTasks.route == .serial, let delay = delay as? Duration {
            let job = UnownedJob(job)
            RaceDetection.own { SwiftTasks.sleep(job, for: delay) }
        } else {
            platform?.enqueue(job, after: delay, tolerance: tolerance, clock: clock)
        }
    }

    func enqueue<C: Clock>(_ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C) {
        SwiftTasks.begin()
        if SwiftTasks.route == .serial, let delay = clock.now.duration(to: instant) as? Duration {
            let job = UnownedJob(job)
            RaceDetection.own { SwiftTasks.sleep(job, for: delay) }
        } else {
            platform?.enqueue(job, at: instant, tolerance: tolerance, clock: clock)
        }
    }
}
