import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// What SIGINT (Ctrl-C) and SIGTERM do in a program that opts in: the first lets it end in order, the second ends it at
/// once.
///
/// ```swift
/// try SignalPolicy.run(grace: .seconds(5)) {
///     let pool = try ThreadPool(name: "files")
///     try pool.map(paths) { try check($0) }
///     try pool.shutdown()
/// }
/// ```
///
/// At the first signal
/// - all pools are closed to new tasks, queued tasks end as cancelled, and those that run, threads among them, are
///   asked to stop (`CurrentTask.isCancelled`);
/// - what is in flight is printed: each task with its site, its worker and how long it has run;
/// - who waits for a cancelled task is thrown `CancellationError`, so the program comes to its end by itself;
/// - a program that is still there when the grace period is over prints what is in flight, reports the failures that
///   nobody has retrieved, and ends as the signal does by default: a shell sees 130 or 143.
///
/// The second signal ends it at once, in the same way and without a word.
///
/// A signal that was ignored when the program began (`nohup`, a shell's background) stays ignored.
public enum SignalPolicy {
    private static let stop = Condition<Int32>(0)
    private static let installation = Guarded<Duration?>(nil)

    /// Installs the policy for the rest of the process; later calls change the grace period, until the first
    /// signal.
    ///
    /// - Parameter grace: The time limit for the program to end after the first signal.
    public static func install(grace: Duration = .seconds(5)) {
        let isFirst = installation.withLock { installed in
            defer { installed = grace }
            return installed == nil
        }
        guard isFirst else { return }
        Annotations.startRecorder()
        pooltrace_signals_install()
        BackgroundThread.start(name: "signals") {
            let signal = pooltrace_signals_wait(-1)
            Stopping.begin(signal, grace: installation.withLock { $0 ?? grace })
        }
    }

    /// Installs the policy, and runs `body`.
    ///
    /// If a signal came and `body` throws, the process ends as the signal does by default, its failures reported: what
    /// is thrown then follows from the signal.
    ///
    /// - Parameters:
    ///   - grace: The time limit for the program to end after the first signal.
    ///   - body: What the program does.
    /// - Returns: What `body` returns, whether a signal came or not.
    /// - Throws: What `body` throws if no signal came.
    public static func run<Result>(grace: Duration = .seconds(5), _ body: () throws -> Result) throws -> Result {
        install(grace: grace)
        do { return try body() } catch {
            if isStopping, let signal = waitForSignal() { Stopping.end(signal) }
            throw error
        }
    }

    /// Installs the policy, and runs an async `body`; else as the other `run`.
    public static func run<Result>(
        grace: Duration = .seconds(5), isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Result
    ) async throws -> Result {
        install(grace: grace)
        do { return try await body() } catch {
            if isStopping, let signal = waitForSignal() { Stopping.end(signal) }
            throw error
        }
    }

    /// Whether the first signal has come.
    public static var isStopping: Bool { signal != nil }

    /// The first signal, `SIGINT` or `SIGTERM`; `nil` before it.
    public static var signal: Int32? {
        let signal = pooltrace_signals_wait(0)
        return signal == 0 ? nil : signal
    }

    /// Waits until the first signal has come: what the main thread of a long-running service does.
    ///
    /// - Parameter timeout: The maximum wait; without it, no limit.
    /// - Returns: The signal; `nil` if the time was over.
    @discardableResult
    public static func waitForSignal(timeout: Duration? = nil) -> Int32? {
        stop.wait(timeout: timeout) { $0 == 0 ? nil : $0 }
    }

    /// Lets those go on who wait for the signal; the pools are stopped already.
    static func announce(_ signal: Int32) {
        stop.withLock { $0 = signal }
        stop.notifyAll()
    }
}
