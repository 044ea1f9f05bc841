/// Runs `body` with a pool that is shut down when `body` returns: every task has then ended.
///
/// ```swift
/// let digests = try withProcessPool(name: "digests", workers: 4) { pool in
///     try pool.map(Digest.self, over: paths)
/// }
/// ```
///
/// - Parameters:
///   - name: The pool's name in reports and views.
///   - workers: The number of processes; by default the number of processors.
///   - configuration: Everything else.
///   - body: Uses the pool. If it throws, tasks that have not started end as cancelled.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `ProcessPoolError` or `PoolError` where the pool could not be started, or is shut down
///   from inside.
public func withProcessPool<Result>(
    name: String? = nil, workers: Int? = nil, configuration: ProcessPoolConfiguration = ProcessPoolConfiguration(),
    _ body: (ProcessPool) throws -> Result
) throws -> Result {
    try withScope(ProcessPool(name: name, workers: workers, configuration: configuration), body)
}

/// Runs an async `body` with a pool that is shut down when `body` returns, without blocking a thread of Swift's own
/// pool.
///
/// - Parameters:
///   - name: The pool's name in reports and views.
///   - workers: The number of processes; by default the number of processors.
///   - configuration: Everything else.
///   - isolation: Where `body` runs.
///   - body: Uses the pool. If it throws, tasks that have not started end as cancelled.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `ProcessPoolError` or `PoolError` where the pool could not be started, or is shut down
///   from inside.
public func withProcessPool<Result>(
    name: String? = nil, workers: Int? = nil, configuration: ProcessPoolConfiguration = ProcessPoolConfiguration(),
    isolation: isolated (any Actor)? = #isolation, _ body: (ProcessPool) async throws -> Result
) async throws -> Result {
    try await withScope(ProcessPool(name: name, workers: workers, configuration: configuration), body)
}
