import PoolModel
import PoolRecorder
public import PoolTraceAnnotations

/// What is known of it. What it says of itself is in `PoolTraceAnnotations`.
///
/// ```swift
/// let search = pool.submit {
///     for part in parts {
///         try CurrentTask.checkCancellation()
///         try look(in: part)
///     }
/// }
/// search.cancel()
/// ```
extension CurrentTask {
    /// The task's path, `main.3.1`; `nil` outside of tasks.
    public static var path: String? {
        TaskContext.current?.pointee.path.description ?? WorkerTask.current?.text
    }

    /// The task's name; `nil` without one, and outside of tasks.
    public static var name: String? { TaskContext.current.flatMap { Recorder.name($0.pointee.job.name) } }

    /// The name of the task's pool; `nil` outside of the tasks that pools run.
    public static var pool: String? { TaskContext.current?.pointee.core?._withUnsafeGuaranteedRef { $0.name } }

    /// The number of the worker that runs the task, from 1; `nil` outside of the tasks that pools run.
    public static var worker: Int? { (TaskContext.current?.pointee.worker?.number).map(Int.init) }

    /// What the task works on, as its failure report would show it; `nil` where nothing is known of it, and outside of
    /// tasks.
    public static var input: String? { TaskContext.current?.pointee.inputText }

    /// Whether the task was asked to stop: its future or its map was cancelled while it ran, or its pool is shut down
    /// with `cancelQueued`.
    ///
    /// False outside of tasks.
    public static var isCancelled: Bool {
        guard let context = TaskContext.current else { return WorkerTask.isAskedToStop }
        Scheduling.looked()
        return context.pointee.isAskedToStop
    }

    /// Throws if the task was asked to stop.
    ///
    /// A task that was asked, and throws `CancellationError`, ends as cancelled, not as failed.
    ///
    /// - Throws: `CancellationError`.
    public static func checkCancellation() throws {
        if isCancelled { throw CancellationError() }
    }
}
