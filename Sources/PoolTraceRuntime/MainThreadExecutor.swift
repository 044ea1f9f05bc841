import PoolTrace
import Synchronization
@_spi(ExperimentalCustomExecutors) import _Concurrency

/// Takes what is the main actor's, and the main thread of a program whose main is async.
final class MainThreadExecutor: MainExecutor, @unchecked Sendable {
    static let shared = MainThreadExecutor()

    /// The one that the runtime would have made: it serves Dispatch's main queue.
    private let platform = PlatformExecutorFactory.mainExecutor
    private let isStopped = Atomic<Bool>(false)
    /// Jobs that a main which is no task has queued, in serial mode: it may still leave its thread to this executor.
    private let early = Mutex<[UnownedJob]>([])

    var isMainExecutor: Bool { true }

    func checkIsolated() { if !SwiftTasks.isMainElsewhere { platform.checkIsolated() } }

    func run() throws {
        RaceDetection.leavesMain()
        SwiftTasks.mainRuns()
        SwiftTasks.runBeginning { job, onMain in
            if onMain {
                Self.enqueue(job)
            } else {
                DefaultExecutor.enqueue(job, priority: JobPriority(.userInitiated))
            }
        }
        SwiftTasks.keepMain()
        if SwiftTasks.route == .serial {
            for job in early.withLock({ jobs in
                defer { jobs = [] }
                return jobs
            }) {
                SwiftTasks.enqueue(job, onMain: true)
            }
            RaceDetection.own { SwiftTasks.runMain { self.isStopped.load(ordering: .relaxed) } }
        } else {
            try platform.run()
        }
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        SwiftTasks.begin()
        if SwiftTasks.route != .serial { platform.stop() }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        RaceDetection.own {
            if !SwiftTasks.postpones(job, onMain: true) { Self.enqueue(job) }
        }
    }

    /// Queues a job where the route says.
    private static func enqueue(_ job: UnownedJob) {
        guard SwiftTasks.route == .serial else { return Dispatched.enqueueOnMain(job) }
        if SwiftTasks.isMainAsync { return SwiftTasks.enqueue(job, onMain: true) }
        // Main serves Dispatch's main queue, or does not, as without us.
        _ = SwiftTasks.note(job)
        shared.early.withLock { $0.append(job) }
        Dispatched.callOnMain { _ in
            let job = MainThreadExecutor.shared.early.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let job { SwiftTasks.run(job, onMain: true) }
        }
    }
}
