/// A wait with a timeout ended before its task did.
///
/// The task goes on.
public struct TimeoutError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The task that was waited for, `main.3.1`; of several, the first that had not ended.
    public let task: String
    /// How long it was waited for.
    public let timeout: Duration
    /// How many others were waited for and had not ended either.
    public let others: Int

    init(task: String, timeout: Duration, others: Int = 0) {
        (self.task, self.timeout, self.others) = (task, timeout, others)
    }

    /// A sentence that names the task.
    public var description: String {
        others == 0
            ? "task \(task) had not ended after \(timeout)"
            : "task \(task) and \(others) more had not ended after \(timeout)"
    }
}
