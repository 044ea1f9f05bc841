/// A pool that can be shut down as a scope ends.
protocol ScopedPool: Sendable {
    func shutdown(cancelQueued: Bool) throws
    func shutdown(cancelQueued: Bool) async throws
}

/// Runs `body` with a pool, which is shut down when `body` returns or throws.
func withScope<Pool: ScopedPool, Result>(_ pool: Pool, _ body: (Pool) throws -> Result) throws -> Result {
    let result: Result
    do {
        result = try body(pool)
    } catch {
        try pool.shutdown(cancelQueued: true)
        throw error
    }
    try pool.shutdown(cancelQueued: false)
    return result
}

/// The same for an async `body`.
func withScope<Pool: ScopedPool, Result>(
    _ pool: Pool, isolation: isolated (any Actor)? = #isolation, _ body: (Pool) async throws -> Result
) async throws -> Result {
    let result: Result
    do {
        result = try await body(pool)
    } catch {
        try await pool.shutdown(cancelQueued: true)
        throw error
    }
    try await pool.shutdown(cancelQueued: false)
    return result
}
