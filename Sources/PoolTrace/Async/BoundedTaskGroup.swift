import PoolRecorder

/// A group of child tasks of which a limited number exists at a time: what `withBoundedTaskGroup` gives its body.
///
/// ```swift
/// let total = await withBoundedTaskGroup(of: Int.self, maximumConcurrency: 8, on: pool) { group in
///     for part in parts { await group.addTask { await count(part) } }
///     var total = 0
///     while let count = await group.next() { total += count }
///     return total
/// }
/// ```
public struct BoundedTaskGroup<Child: Sendable> {
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
        line: UInt32 = #line, function: StaticString = #function, _ body: @escaping @Sendable () async -> Child
    ) async {
        await children.makeRoom(isolation: isolation)
        children.add(name: name, at: CallSite(file, line, function), body)
    }

    /// Waits for the next child that ends.
    ///
    /// - Returns: Its value; `nil` when every child's has been given out.
    public mutating func next(isolation: isolated (any Actor)? = #isolation) async -> Child? {
        while let result = await children.next(isolation: isolation) {
            if case .success(let value) = result { return value }
        }
        return nil
    }

    /// Waits for all children, and drops their values.
    public mutating func waitForAll(isolation: isolated (any Actor)? = #isolation) async {
        while await children.next(isolation: isolation) != nil {}
    }

    /// Cancels all children, and those that are added from now on.
    public func cancelAll() { children.group.cancelAll() }

    /// Whether the group was cancelled.
    public var isCancelled: Bool { children.group.isCancelled }
}

/// Runs `body` with a group of child tasks of which at most `maximumConcurrency` exist at a time, and waits for all of
/// them.
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
public func withBoundedTaskGroup<Child: Sendable, Value, Failure>(
    of childType: Child.Type = Child.self, maximumConcurrency: Int, on pool: ThreadPool? = nil,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout BoundedTaskGroup<Child>) async throws(Failure) -> Value
) async throws(Failure) -> Value {
    try await withBoundedGroup(maximumConcurrency: maximumConcurrency, on: pool, isolation: isolation, body)
}

extension BoundedTaskGroup: BoundedGroup {}

@available(*, unavailable)
extension BoundedTaskGroup: Sendable {}
