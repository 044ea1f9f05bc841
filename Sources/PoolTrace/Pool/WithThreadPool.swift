/// Runs `body` with a pool that is shut down when `body` returns: every task has then ended.
///
/// ```swift
/// let sizes = try withThreadPool(name: "files", workers: 4) { pool in
///     try pool.map(paths) { try size(of: $0) }
/// }
/// ```
///
/// - Parameters:
///   - name: The pool's name in reports and views.
///   - workers: The number of workers; by default the number of processors.
///   - configuration: Everything else.
///   - body: Uses the pool. If it throws, tasks that have not started end as cancelled.
///   - file: The caller's file, for reports and views.
///   - line: The caller's line.
///   - function: The caller's function.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `PoolError` where the pool could not be started, or is shut down from inside.
public func withThreadPool<Result>(
    name: String? = nil, workers: Int? = nil, configuration: PoolConfiguration = PoolConfiguration(),
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
    _ body: (ThreadPool) throws -> Result
) throws -> Result {
    try withScope(
        ThreadPool(
            name: name, workers: workers, configuration: configuration, at: CallSite(file, line, function)),
        body)
}

/// Runs an async `body` with a pool that is shut down when `body` returns, without blocking a thread of Swift's own
/// pool.
///
/// - Parameters:
///   - name: The pool's name in reports and views.
///   - workers: The number of workers; by default the number of processors.
///   - configuration: Everything else.
///   - isolation: Where `body` runs.
///   - body: Uses the pool. If it throws, tasks that have not started end as cancelled.
///   - file: The caller's file, for reports and views.
///   - line: The caller's line.
///   - function: The caller's function.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; `PoolError` where the pool could not be started, or is shut down from inside.
public func withThreadPool<Result>(
    name: String? = nil, workers: Int? = nil, configuration: PoolConfiguration = PoolConfiguration(),
    isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID, line: UInt32 = #line,
    function: StaticString = #function, _ body: (ThreadPool) async throws -> Result
) async throws -> Result {
    try await withScope(
        ThreadPool(
            name: name, workers: workers, configuration: configuration, at: CallSite(file, line, function)),
        body)
}

extension ThreadPool: ScopedPool {}
