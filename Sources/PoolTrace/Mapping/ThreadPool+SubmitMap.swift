extension ThreadPool {
    /// Runs `body` for every input, each a task of its own, and does not wait.
    ///
    /// - Parameters:
    ///   - inputs: The tasks' inputs.
    ///   - name: Each task's name in reports and views.
    ///   - chunkSize: The number of elements that a worker takes at a time; by default a quarter of a worker's share. 1
    ///     in serial mode.
    ///   - policy: What happens when an element fails.
    ///   - body: The task for one input.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: A future for the results, in the order of the inputs; cancelling it lets no more elements start. It
    ///   throws what `map` throws.
    @inlinable
    @discardableResult
    public func submitMap<Inputs: RandomAccessCollection & Sendable, Output: Sendable>(
        _ inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil, onFailure policy: FailurePolicy = .finishAll,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) -> Future<[Output]> {
        let future = MapFuture<Output>(
            in: self, name: name, at: CallSite(file, line, function), count: inputs.count)
        run(
            future, chunkSize: chunkSize, policy: policy, Map.Work(elementsOf: inputs, into: future.room.base, body))
        return future
    }

    @usableFromInline
    func run<Output: Sendable>(
        _ future: MapFuture<Output>, chunkSize: Int?, policy: FailurePolicy, _ work: Map.Work
    ) {
        guard core.takesTasks else { return core.refuse(future) }
        future.job.recordSubmission(to: core.number)
        future.run(
            in: core, chunkSize: core.chunkSize(for: future.count, requested: chunkSize), policy: policy, work)
    }
}
