import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

extension ThreadPool {
    /// Runs an async `body` for every input, each a task of its own, with at most `maximumConcurrency` alive at a time,
    /// and waits for all of them.
    ///
    /// ```swift
    /// let pages = try await pool.asyncMap(urls, maximumConcurrency: 16) { url in try await fetch(url) }
    /// ```
    ///
    /// The tasks are children of the calling one: cancelling that cancels them, and lets no more start.
    ///
    /// - Parameters:
    ///   - inputs: The tasks' inputs; read on the caller, as tasks are added.
    ///   - maximumConcurrency: How many tasks exist at a time, running or suspended; by default as many as the pool has
    ///     workers.
    ///   - name: Each task's name in reports and views.
    ///   - policy: What happens when an element fails.
    ///   - isolation: Where the inputs are read.
    ///   - body: The task for one input.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The results, in the order of the inputs.
    /// - Throws: The `TaskFailure` of the first element, in the order of the inputs, whose body threw, or
    ///   `TaskFailures`, as `policy` says; `CancellationError` if the caller was cancelled; `PoolError.closed`. All
    ///   tasks have ended by then.
    public func asyncMap<Inputs: Sequence, Output: Sendable>(
        _ inputs: Inputs, maximumConcurrency: Int? = nil, name: TaskName? = nil,
        onFailure policy: FailurePolicy = .finishAll, isolation: isolated (any Actor)? = #isolation,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Inputs.Element) async throws -> Output
    ) async throws -> [Output] where Inputs.Element: Sendable {
        var iterator = inputs.makeIterator()
        let map = try AsyncMap(
            in: self, limit: maximumConcurrency, name: name, policy: policy,
            at: CallSite(file, line, function), body: body)
        return try await map.run(isolation: isolation) { iterator.next() }
    }

    /// Runs an async `body` for every input as it comes, each a task of its own, with at most `maximumConcurrency`
    /// alive at a time, and waits for all of them.
    ///
    /// - Parameters:
    ///   - inputs: The tasks' inputs; the next one is asked for when there is room for its task.
    ///   - maximumConcurrency: How many tasks exist at a time, running or suspended; by default as many as the pool has
    ///     workers.
    ///   - name: Each task's name in reports and views.
    ///   - policy: What happens when an element fails.
    ///   - isolation: Where the inputs are read.
    ///   - body: The task for one input.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The results, in the order of the inputs.
    /// - Throws: As the map of a sequence does; what the inputs throw, after the tasks were cancelled and have ended.
    public func asyncMap<Inputs: AsyncSequence, Output: Sendable>(
        _ inputs: Inputs, maximumConcurrency: Int? = nil, name: TaskName? = nil,
        onFailure policy: FailurePolicy = .finishAll, isolation: isolated (any Actor)? = #isolation,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Inputs.Element) async throws -> Output
    ) async throws -> [Output] where Inputs.Element: Sendable {
        var iterator = inputs.makeAsyncIterator()
        let map = try AsyncMap(
            in: self, limit: maximumConcurrency, name: name, policy: policy,
            at: CallSite(file, line, function), body: body)
        return try await map.run(isolation: isolation) { try await iterator.next(isolation: isolation) }
    }
}

/// An async map while it runs: one child of its submitter, whose elements are tasks as they are added.
private final class AsyncMap<Input: Sendable, Output: Sendable> {
    private let pool: ThreadPool
    private let window: AsyncWindow<Output>
    private let policy: ThreadPool.FailurePolicy
    private let body: @Sendable (Input) async throws -> Output
    private let job: Job
    private var outputs: [Output?] = []
    /// Elements without a result, and how they failed; `nil` for those that were cancelled.
    private var missing: [Int: TaskFailure?] = [:]

    init(
        in pool: ThreadPool, limit: Int?, name: TaskName?, policy: ThreadPool.FailurePolicy, at site: CallSite,
        body: @escaping @Sendable (Input) async throws -> Output
    ) throws {
        try pool.throwIfClosed()
        self.pool = pool
        self.policy = policy
        self.body = body
        window = AsyncWindow(limit: limit ?? pool.workers)
        job = Job.newChild(.chunk, name: name?.id ?? 0, site: site.number)
        job.recordSubmission(to: pool.core.number)
    }

    deinit { job.releaseParent() }

    func run(isolation: isolated (any Actor)?, _ nextInput: () async throws -> Input?) async throws -> [Output] {
        var thrown: (any Error)?
        await withTaskGroup(of: (index: Int, result: Result<Output, any Error>).self, isolation: isolation) { group in
            _ = isolation
            do {
                while mayAdd, let input = try await nextInput() {
                    if window.isFull { await takeNext(of: &group, isolation: isolation) }
                    guard mayAdd else { break }
                    add(input, to: &group)
                }
            } catch {
                thrown = error
                group.cancelAll()
            }
            while !window.isEmpty { await takeNext(of: &group, isolation: isolation) }
        }
        if let thrown { throw thrown }
        try policy.throwFailures(missing)
        return outputs.compactMap { $0 }
    }

    /// Whether more elements may start.
    private var mayAdd: Bool {
        guard !Task.isCancelled, !pool.core.isCancelling.load(ordering: .relaxed) else {
            // Inputs that have not been read were cancelled all the same.
            if missing.isEmpty { missing[outputs.count] = .some(nil) }
            return false
        }
        return policy != .failFast || !missing.values.contains { $0 != nil }
    }

    private func add(_ input: Input, to group: inout AsyncWindow<Output>.Group) {
        let index = UInt64(window.added)
        var element = job
        element.kind = .segment
        element.index = index
        element.task = TaskID.element(of: job.task, index: index)
        element.submitted = pooltrace_clock_now()
        if pooltrace_is_recording() {
            pooltrace_record_element_submit(
                element.submitted, element.task, job.task, index,
                Recorder.intern(originInPool: pool.core.number, site: job.site, name: job.name))
        }
        outputs.append(nil)
        let body = body
        window.add(
            element, to: &group, on: pool, skipsIfCancelled: true,
            input: TaskInput(input), { try await body(input) })
    }

    private func takeNext(of group: inout AsyncWindow<Output>.Group, isolation: isolated (any Actor)?) async {
        guard let (index, result) = await window.next(of: &group, isolation: isolation) else { return }
        switch result {
        case .success(let output): outputs[index] = output
        case .failure(let error):
            let failure = error as? TaskFailure
            missing[index] = .some(failure)
            if failure != nil, policy == .failFast { group.cancelAll() }
        }
    }
}
