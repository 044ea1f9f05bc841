public import PoolModel
import PoolRecorder

/// What can go wrong with a pool itself.
public enum PoolError: Error, Equatable, Sendable {
    /// Something was submitted to a pool that was closed.
    case closed(pool: String)
    /// `join` was called on a pool that is still open: it would wait for submits that may come for ever. Close it
    /// first.
    case joinedWhileOpen(pool: String)
    /// A task joined its own pool: it would wait for itself.
    case joinedFromInside(pool: String)
    /// A worker's thread could not be started; the code is an `errno`.
    case noThread(pool: String, code: Int32)
    /// More workers were asked for than the pool was made for.
    case tooManyWorkers(pool: String, most: Int)
    /// The initializer of a worker has thrown, so that the pool runs nothing.
    case initializerFailed(pool: String)
}

extension PoolError: CustomStringConvertible {
    /// A sentence that says what happened and what to do.
    public var description: String {
        switch self {
        case .closed(let pool): "pool \"\(pool)\" is closed and takes no more tasks"
        case .joinedWhileOpen(let pool): "pool \"\(pool)\" is still open: call close() before join()"
        case .joinedFromInside(let pool): "a task of pool \"\(pool)\" joined its own pool: it would wait for itself"
        case .noThread(let pool, let code): "pool \"\(pool)\": a worker's thread could not be started (errno \(code))"
        case .tooManyWorkers(let pool, let most):
            "pool \"\(pool)\" was made for at most \(most) workers: make it with more, or raise maximumSubstitutes"
        case .initializerFailed(let pool):
            "pool \"\(pool)\" is broken: its initializer threw, as the report of the task \"initializer\" says"
        }
    }
}

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

/// A task was to start before a deadline and did not, so it was not run.
public struct DeadlineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The task, `main.3.1`.
    public let task: String
    /// How long after the deadline its turn came.
    public let late: Duration

    /// A sentence that names the task.
    public var description: String { "task \(task) was not started: its turn came \(late) after its deadline" }
}

/// Tasks wait for each other, so none of them would ever go on.
public struct WaitCycleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A task of the cycle, and where it was submitted.
    public struct Member: Equatable, Sendable, CustomStringConvertible {
        /// The task's path, `main.3.1`.
        public let task: String
        /// Its name, if it has one.
        public let name: String?
        /// Where it was submitted.
        public let site: Site

        init(_ context: TaskContext) {
            task = context.path.description
            name = Recorder.name(context.job.name)
            site = Recorder.knownSite(context.job.site)
        }

        /// `main.3.1 "walk", submitted at Module/File.swift:41`.
        public var description: String { "\(task)\(name.map { " \"\($0)\"" } ?? ""), submitted at \(site)" }
    }

    /// The tasks, each of which waits for the next, and the last for the first.
    public let members: [Member]

    /// The whole cycle in a sentence.
    public var description: String {
        guard let first = members.first else { return "tasks wait for each other" }
        guard members.count > 1 else { return "a task waits for itself: \(first)" }
        return "tasks wait for each other: "
            + members.map { "\($0), waits for " }.joined() + first.task
    }
}
