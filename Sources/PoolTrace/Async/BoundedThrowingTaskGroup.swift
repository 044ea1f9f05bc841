import PoolRecorder

/// A group of child tasks that may throw, of which a limited number exists at a time: what
/// `withBoundedThrowingTaskGroup` gives its body.
public struct BoundedThrowingTaskGroup<Child: Sendable> {
    var children: BoundedChildren<Child>

    /// Adds a child, once fewer than `maximumConcurrency` are left that have not ended.
    ///
    /// - Parameters:
    ///   - name: What reports and views call the child, where it runs on a pool.
    ///   - isolation: Where the caller is.
    ///   - body: The child.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    public mutating func addTask(
        name: TaskName? = nil, isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID,
        line: UInt32 = #line, function: StaticString = #function, _ body: @escaping @Sendable () async throws -> Child
    ) async {
        await children.makeRoom(isolation: isolation)
        children.add(name: name, at: CallSite(file, line, function), body)
    }

    /// Waits for the next child that ends.
    ///
    /// - Returns: Its value; `nil` when every child's has been given out.
    /// - Throws: The `TaskFailure` of a child on a pool, `CancellationError` of one that was cancelled; without a pool
    ///   what it threw.
    public mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> Child? {
        guard let result = await children.next(isolation: isolation) else { return nil }
        (result.failure as? TaskFailure)?.isRetrieved = true
        return try result.get()
    }

    /// Waits for all children, and drops their values.
    ///
    /// - Throws: What the first one that failed would throw from `next`.
    public mutating func waitForAll(isolation: isolated (any Actor)? = #isolation) async throws {
        var first: (any Error)?
        while let result = await children.next(isolation: isolation) { first = first ?? result.failure }
        guard let first else { return }
        (first as? TaskFailure)?.isRetrieved = true
        throw first
    }

    /// Cancels all children, and those that are added from now on.
    public func cancelAll() { children.group.cancelAll() }

    /// Whether the group was cancelled.
    public var isCancelled: Bool { children.group.isCancelled }
}

extension Result where Success: Sendable, Failure == any Error {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

/// Runs `body` with a group of child tasks that may throw, of which at most `maximumConcurrency` exist at a time, and
/// waits for all of them.
///
/// A failure of a child on a pool that nobody was given is reported when the pool is shut down.
///
/// - Parameters:
///   - childType: What a child returns.
///   - maximumConcurrency: How many children exist at a time, running or suspended; at least 1.
///   - pool: Runs the children, each a task with a path; without it Swift runs them where it would run those of
///     `withTaskGroup`.
///   - isolation: Where `body` runs.
///   - body: Adds the children.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, after the children were cancelled and have ended.
public func withBoundedThrowingTaskGroup<Child: Sendable, Value, Failure>(
    of childType: Child.Type = Child.self, maximumConcurrency: Int, on pool: ThreadPool? = nil,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout BoundedThrowingTaskGroup<Child>) async throws(Failure) -> Value
) async throws(Failure) -> Value {
    try await withBoundedGroup(maximumConcurrency: maximumConcurrency, on: pool, isolation: isolation, body)
}

extension BoundedThrowingTaskGroup: BoundedGroup {}

@available(*, unavailable)
extension BoundedThrowingTaskGroup: Sendable {}
