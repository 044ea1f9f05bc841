/// Carries context from where a task is submitted to where it runs.
///
/// Task-local values, of which a thread of a pool knows nothing, are carried by `TaskLocalCarrier`; the spans of
/// swift-distributed-tracing and the loggers of swift-log by the products `PoolTraceTracing` and `PoolTraceLogging`.
///
/// ```swift
/// let pool = try ThreadPool(
///     name: "files", configuration: PoolConfiguration(carriers: [TaskLocalCarrier(Request.$id)]))
/// ```
///
/// What is captured at a submit is restored around the task's body and nothing else, so a task never sees the context
/// of the task that waits for it, on whose thread it may run. Without a carrier it does, where it runs there, and
/// otherwise sees none: wherever a task's context matters, carry it. Context does not travel to the worker processes of
/// a `ProcessPool`.
public protocol ContextCarrier: Sendable {
    /// What is captured at a submit.
    associatedtype Context: Sendable

    /// Captures what is to travel, on the thread, or in the async task, that submits: once for all elements of a map.
    func capture() -> Context

    /// Runs a task's body with what was captured, inside the task: `CurrentTask` tells which it is.
    ///
    /// - Parameters:
    ///   - context: What `capture` returned.
    ///   - body: The body, to be called once.
    /// - Returns: What the body returns.
    func restore<Result>(_ context: Context, around body: () throws -> Result) rethrows -> Result

    /// The same for an async body. By default it just runs: Swift lets a task inherit the task-local values of its
    /// submitter.
    func restore<Result: Sendable>(
        _ context: Context, around body: () async throws -> Result
    ) async rethrows -> Result
}

extension ContextCarrier {
    /// Runs the body as it is.
    public func restore<Result: Sendable>(
        _ context: Context, around body: () async throws -> Result
    ) async rethrows -> Result {
        try await body()
    }
}
