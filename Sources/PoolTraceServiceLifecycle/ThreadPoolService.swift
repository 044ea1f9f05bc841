public import PoolTrace
public import ServiceLifecycle

/// A pool as a service of a `ServiceGroup`: it is shut down when the group is.
///
/// ```swift
/// let pool = try ThreadPool(name: "requests")
/// let group = ServiceGroup(
///     services: [ThreadPoolService(pool), server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// A group shuts its services down in the reverse order, so a pool comes before those that submit to it. The group
/// handles signals then, and `SignalPolicy` is not needed.
public struct ThreadPoolService: Service, CustomStringConvertible {
    /// The pool.
    public let pool: ThreadPool
    private let cancelsQueued: Bool

    /// Makes a service of a pool.
    ///
    /// - Parameters:
    ///   - pool: The pool, which the service shuts down.
    ///   - cancelsQueued: Whether tasks that have not started end as cancelled at a graceful shutdown, and those that
    ///     run are asked to stop.
    public init(_ pool: ThreadPool, cancelsQueued: Bool = false) {
        self.pool = pool
        self.cancelsQueued = cancelsQueued
    }

    /// Waits for the group's shutdown, then shuts the pool down; returns when every task has ended.
    ///
    /// - Throws: `CancellationError` if the group is cancelled instead: queued tasks then end as cancelled. `PoolError`
    ///   if it runs inside a task of the pool.
    public func run() async throws {
        do { try await gracefulShutdown() } catch {
            try await pool.shutdown(cancelQueued: true)
            throw error
        }
        try await pool.shutdown(cancelQueued: cancelsQueued)
    }

    /// `pool "requests"`.
    public var description: String { "pool \"\(pool.name)\"" }
}
