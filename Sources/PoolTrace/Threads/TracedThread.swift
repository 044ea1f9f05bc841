import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// A thread whose run is a task of the trace, whose failure explains itself, and that other threads can wait for.
///
/// ```swift
/// let reader = TracedThread(name: "reader") { try read(from: socket) }
/// try reader.start()
/// try reader.join()  // throws what the thread threw, as a TaskFailure
/// ```
///
/// The thread is a child of the task that starts it, `main.1`; what it submits to pools hangs below it. A failure that
/// nobody joins is reported when the last handle on the thread is gone, and at exit at the latest.
///
/// The process waits for its threads when it exits, except for daemon threads, which end with it wherever they are.
///
/// In serial mode threads stay threads, but run one at a time with the tasks and with each other, in an order that the
/// strategy chooses: another goes on where one waits for something of PoolTrace's, or ends.
public final class TracedThread: Sendable {
    struct State {
        var body: (@Sendable () throws -> Void)?
        /// Once it was started.
        var task: ThreadTask?
        var identifier: UInt?
        var nativeIdentifier: UInt32 = 0
        /// Whether nobody has joined the system's thread yet.
        var isToBeReaped = false
    }

    /// Who started it.
    enum Origin {
        case traced
        /// The main thread, or one of another library.
        case foreign
    }

    /// What reports, views and, cut to 15 bytes, the system call it.
    public let name: String
    /// Whether the process does not wait for it when it exits.
    public let isDaemon: Bool
    /// The size of its stack, in bytes; 0 for a thread that was not started as a `TracedThread`.
    public let stackSize: Int
    let origin: Origin
    private let taskName: UInt32
    private let carriers: [any ContextCarrier]
    let state: Guarded<State>

    /// Describes a thread, which `start` starts.
    ///
    /// - Parameters:
    ///   - name: Its name in reports and views; `thread-1` and so on by default.
    ///   - isDaemon: Whether the process exits without waiting for it; by default as the `TracedThread` that calls
    ///     this, else not.
    ///   - stackSize: In bytes, at least 64 KiB.
    ///   - carriers: What travels to it from its starter.
    ///   - body: What it runs. Released when the thread has run it.
    public init(
        name: String? = nil, isDaemon: Bool? = nil, stackSize: Int = 8 << 20,
        carriers: [any ContextCarrier] = [], _ body: @escaping @Sendable () throws -> Void
    ) {
        Annotations.startRecorder()
        taskName = name.map { Recorder.intern(name: $0) } ?? 0
        self.name = name ?? "thread-\(RunningThreads.nextNumber())"
        self.isDaemon = isDaemon ?? RunningThreads.ownDaemonFlag
        self.stackSize = max(64 << 10, stackSize)
        self.carriers = carriers
        origin = .traced
        state = Guarded(State(body: body))
    }

    /// A thread that nobody started as a `TracedThread`.
    init(foreignNamed name: String, isDaemon: Bool, identifier: UInt, nativeIdentifier: UInt32) {
        self.name = name
        self.isDaemon = isDaemon
        stackSize = 0
        taskName = 0
        carriers = []
        origin = .foreign
        state = Guarded(State(identifier: identifier, nativeIdentifier: nativeIdentifier))
    }

    deinit {
        let state = state.withLock { $0 }
        if state.isToBeReaped, let id = state.identifier { pthread_detach(pthread_t(id)) }
        // Nobody can join it any more.
        state.task?.reportIfUnretrieved()
    }
}

// MARK: - Starting and joining

extension TracedThread {
    /// Starts it, once.
    ///
    /// When this returns the thread runs, or has run.
    ///
    /// - Throws: `ThreadError.startedTwice`, and `ThreadError.noThread` if the system gives no thread; then it may be
    ///   started again.
    public func start(file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function) throws {
        try start(at: CallSite(file, line, function))
    }

    func start(at site: CallSite) throws {
        guard let body = state.withLock({ $0.body.take() }) else { throw ThreadError.startedTwice(thread: name) }
        let core = RunningThreads.core
        let job = Job.newChild(.closure, name: taskName, site: site.number)
        job.recordSubmission(to: core.number)
        RaceDetection.didSubmit(job.task)
        let task = ThreadTask(job: job, core: core)
        guard let worker = RunningThreads.add(self) else { throw failToStart(EAGAIN, job, body) }
        state.withLock { $0.task = task }
        let launch = ThreadLaunch(thread: self, task: task, worker: worker, body: inContext(body))
        let status = launch.start(stackSize: stackSize)
        guard status == 0 else {
            RunningThreads.remove(self, worker)
            throw failToStart(status, job, body)
        }
        Scheduling.point()
    }

    /// A body that runs in the context of the caller.
    private func inContext(_ body: @escaping @Sendable () throws -> Void) -> @Sendable () throws -> Void {
        guard !carriers.isEmpty else { return body }
        let context = CarriedContext(carriers)
        return { try context.run(body) }
    }

    private func failToStart(_ code: Int32, _ job: Job, _ body: @escaping @Sendable () throws -> Void) -> ThreadError {
        PoolCore.recordCancelled(job.task, by: 0)
        state.withLock { ($0.body, $0.task) = (body, nil) }
        return .noThread(thread: name, code: code)
    }

    /// Asks it to stop: `CurrentTask.isCancelled` is true on it from now on, and if it throws `CancellationError` it
    /// ends as cancelled.
    public func cancel() { _ = state.withLock { $0.task }?.askToStop() }

    /// Whether it was started and has not ended.
    public var isAlive: Bool { RunningThreads.contains(self) }

    /// Waits until the thread has ended, and throws what it threw.
    ///
    /// Any number of threads and tasks may join it, each as often as it likes.
    ///
    /// - Parameter timeout: The maximum wait; without it, no limit. The thread goes on in any case.
    /// - Throws: `TaskFailure` if the thread threw, `CancellationError` if it was asked to stop and threw that,
    ///   `TimeoutError`, `WaitCycleError` where the thread waits for the caller or is the caller,
    ///   `ThreadError.notStarted` and `ThreadError.notJoinable`.
    public func join(timeout: Duration? = nil) throws {
        let task = try startedTask()
        let deadline = timeout.map { Scheduling.now.advanced(by: $0) }
        guard try task.wait(until: deadline) else {
            throw TimeoutError(task.job, timeout: timeout ?? .zero)
        }
        reap()
        if let error = task.retrieveError() { throw error }
    }

    /// Waits until the thread has ended, without blocking a thread, and throws what it threw.
    ///
    /// - Throws: `TaskFailure` if the thread threw, `ThreadError.notStarted` and `ThreadError.notJoinable`.
    public func join() async throws {
        let task = try startedTask()
        await Scheduling.wait(asyncFor: task)
        reap()
        if let error = task.retrieveError() { throw error }
    }

    private func startedTask() throws -> ThreadTask {
        if let task = state.withLock({ $0.task }) { return task }
        throw origin == .foreign ? ThreadError.notJoinable(thread: name) : .notStarted(thread: name)
    }

    /// Waits for the system's thread, which has nothing left to do but to destroy its thread-local values.
    func reap() {
        let id = state.withLock { state -> UInt? in
            guard state.isToBeReaped else { return nil }
            state.isToBeReaped = false
            return state.identifier
        }
        if let id { Scheduling.waitingPatiently { pthread_join(pthread_t(id), nil) } }
    }
}

// MARK: - Who it is

extension TracedThread {
    /// The thread's path in the trace, `main.1`; `nil` before it was started, and for one that was not started as a
    /// `TracedThread`.
    public var path: String? { state.withLock { $0.task?.job.path.description } }

    /// The system's identifier, as `pthread_self()`; `nil` before the start.
    ///
    /// May be given out again once the thread was joined.
    public var identifier: UInt? { state.withLock { $0.identifier } }

    /// The thread ID, as `gettid()`, debuggers and `/proc/self/task` have it; `nil` before the
    /// start.
    public var nativeIdentifier: UInt32? {
        state.withLock { $0.nativeIdentifier == 0 ? nil : $0.nativeIdentifier }
    }

    /// The calling thread.
    ///
    /// One that was not started as a `TracedThread` gets a handle on its first call: it is a daemon thread, and cannot
    /// be joined.
    public static var current: TracedThread { RunningThreads.current }

    /// The thread that the process began with.
    public static var main: TracedThread { RunningThreads.main }

    /// The threads that are alive: the main thread, those started as a `TracedThread`, and others that have asked for
    /// `current`.
    public static var all: [TracedThread] { RunningThreads.all }

    /// How many threads are alive, as `all` has them.
    public static var activeCount: Int { RunningThreads.all.count }
}

// MARK: - CustomStringConvertible

extension TracedThread: CustomStringConvertible {
    /// `thread "reader"`.
    public var description: String { "thread \"\(TerminalText.escape(name))\"" }
}
