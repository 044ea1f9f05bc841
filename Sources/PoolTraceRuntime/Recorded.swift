import PoolTrace

/// Where a job that was recorded and handed to Dispatch comes out again, on the thread that Dispatch chose: it is run, and that is recorded.
final class Recorded: TaskExecutor, SerialExecutor {
    static let anywhere = Recorded(onMain: false)
    static let main = Recorded(onMain: true)

    private let onMain: Bool

    private init(onMain: Bool) { self.onMain = onMain }

    func enqueue(_ job: consuming ExecutorJob) { SwiftTasks.run(UnownedJob(job), onMain: onMain) }
}
