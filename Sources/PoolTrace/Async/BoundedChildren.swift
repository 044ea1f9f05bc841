import Synchronization

/// The children of a bounded group.
///
/// Room is made by taking the result of a child that has ended, which is kept until somebody asks for it.
///
/// Not to be used by two tasks at a time: the group that a program sees is not `Sendable`.
struct BoundedChildren<Child: Sendable>: @unchecked Sendable {
    private(set) var group: AsyncWindow<Child>.Group
    private let window: AsyncWindow<Child>
    private let pool: ThreadPool?
    // Results in two arrays: amortized constant time.
    private var incoming: [Result<Child, any Error>] = []
    private var outgoing: [Result<Child, any Error>] = []

    init(_ group: AsyncWindow<Child>.Group, limit: Int, on pool: ThreadPool?) {
        self.group = group
        self.pool = pool
        window = AsyncWindow(limit: limit)
    }

    mutating func makeRoom(isolation: isolated (any Actor)?) async {
        while window.isFull, let result = await takeEnded(isolation: isolation) { incoming.append(result) }
    }

    mutating func add(name: TaskName?, at site: CallSite, _ body: @escaping @Sendable () async throws -> Child) {
        // The scope outlives its children, so a pool that was closed meanwhile still takes them.
        guard let pool, !pool.core.hasEnded.load(ordering: .acquiring) else { return window.add(to: &group, body) }
        let job = Job.newChild(.segment, name: name?.id ?? 0, site: site.number)
        job.recordSubmission(to: pool.core.number)
        window.add(job, to: &group, on: pool, skipsIfCancelled: false, input: nil, body)
        job.releaseParent()
    }

    mutating func next(isolation: isolated (any Actor)?) async -> Result<Child, any Error>? {
        if outgoing.isEmpty {
            swap(&incoming, &outgoing)
            outgoing.reverse()
        }
        if let result = outgoing.popLast() { return result }
        return await takeEnded(isolation: isolation)
    }

    /// Waits for all children at the end of their scope.
    mutating func end(isCancelled: Bool, isolation: isolated (any Actor)?) async {
        if isCancelled { group.cancelAll() }
        while await next(isolation: isolation) != nil {}
    }

    private mutating func takeEnded(isolation: isolated (any Actor)?) async -> Result<Child, any Error>? {
        await window.next(of: &group, isDriven: pool != nil, isolation: isolation)?.result
    }
}

/// What both kinds of bounded groups are.
protocol BoundedGroup<Child> {
    associatedtype Child: Sendable

    init(children: BoundedChildren<Child>)

    var children: BoundedChildren<Child> { get set }
}

/// Runs `body` with a group of either kind, and waits for its children.
func withBoundedGroup<Group: BoundedGroup, Value, Failure>(
    maximumConcurrency: Int, on pool: ThreadPool?, isolation: isolated (any Actor)?,
    _ body: (inout Group) async throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result = await withTaskGroup(
        of: (index: Int, result: Result<Group.Child, any Error>).self, returning: Result<Value, Failure>.self,
        isolation: isolation
    ) { tasks in
        _ = isolation
        // `body` is called in the middle of this function, wherever it runs.
        nonisolated(unsafe) var group = Group(children: BoundedChildren(tasks, limit: maximumConcurrency, on: pool))
        let result: Result<Value, Failure>
        do throws(Failure) {
            result = .success(try await body(&group))
            await group.children.end(isCancelled: false, isolation: isolation)
        } catch {
            result = .failure(error)
            await group.children.end(isCancelled: true, isolation: isolation)
        }
        return result
    }
    return try result.get()
}
