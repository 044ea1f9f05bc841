import PoolRecorder

extension ThreadPool {
    /// Runs `body` for every input, each a task of its own, and waits for all of them.
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
    /// - Returns: The results, in the order of the inputs.
    /// - Throws: The `TaskFailure` of the first element, in the order of the inputs, whose body threw, or
    ///   `TaskFailures`, as `policy` says; all elements have ended by then. `WaitCycleError` where an element waits for
    ///   the caller; `PoolError.closed`.
    @inlinable
    public func map<Inputs: RandomAccessCollection & Sendable, Output>(
        _ inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil, onFailure policy: FailurePolicy = .finishAll,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) throws -> [Output] {
        try mapElements(
            inputs, name: name, chunkSize: chunkSize, policy: policy, at: CallSite(file, line, function), body)
    }

    /// The map of a collection whose elements any thread may read.
    @inlinable
    func mapElements<Inputs: RandomAccessCollection, Output>(
        _ inputs: Inputs, name: TaskName?, chunkSize: Int?, policy: FailurePolicy, at site: CallSite,
        _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) throws -> [Output] {
        try collect(
            count: inputs.count, name: name, chunkSize: chunkSize, policy: policy, at: site
        ) { Map.Work(elementsOf: inputs, into: $0, body) }
    }

    /// Runs a map, and waits for it; its results.
    ///
    /// - Parameter work: Makes what the elements do, each of which initializes its own place of the room that it is
    ///   given.
    @inlinable
    func collect<Output>(
        count: Int, name: TaskName?, chunkSize: Int?, policy: FailurePolicy, at site: CallSite,
        _ work: (UnsafeMutablePointer<Output>) -> Map.Work
    ) throws -> [Output] {
        var failed: (map: Map, error: any Error)?
        // The elements write straight into the array. If there is no array to return, the map keeps the memory, since
        // elements may still be running after a `WaitCycleError`.
        let results = try [Output](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let base = buffer.baseAddress, count > 0 else { return try throwIfClosed() }
            let map = try makeMap(
                count: count, name: name, chunkSize: chunkSize, policy: policy, at: site, work(base))
            do {
                try runAndWait(map)
                initialized = count
            } catch {
                failed = (map, error)
            }
        }
        if let failed {
            failed.map.discardResults(in: results)
            throw failed.error
        }
        return results
    }

    /// Runs `body` for every input, each a task of its own, and waits for all of them.
    ///
    /// Reads the inputs on the calling thread, before anything is submitted.
    ///
    /// - Throws: The `TaskFailure` of the first element, in the order of the inputs, whose body threw; all elements
    ///   have ended by then. `WaitCycleError` where an element waits for the caller; `PoolError.closed`.
    @inlinable
    public func map<Inputs: Sequence, Output>(
        _ inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil, onFailure policy: FailurePolicy = .finishAll,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) throws -> [Output] {
        try mapElements(
            Array(inputs), name: name, chunkSize: chunkSize, policy: policy, at: CallSite(file, line, function), body)
    }

    /// Runs a function of several arguments for every tuple of them, each a task of its own, and waits for all of them.
    ///
    /// - Parameters:
    ///   - inputs: The tasks' inputs.
    ///   - name: Each task's name in reports and views.
    ///   - chunkSize: The number of elements that a worker takes at a time; by default a quarter of a worker's share. 1
    ///     in serial mode.
    ///   - policy: What happens when an element fails.
    ///   - body: The function.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The results, in the order of the inputs.
    /// - Throws: As `map` does.
    @inlinable
    public func starmap<each Argument: Sendable, Output>(
        _ inputs: some Sequence<(repeat each Argument)>, name: TaskName? = nil, chunkSize: Int? = nil,
        onFailure policy: FailurePolicy = .finishAll, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: @escaping @Sendable (repeat each Argument) throws -> Output
    ) throws -> [Output] {
        try mapElements(
            Array(inputs), name: name, chunkSize: chunkSize, policy: policy, at: CallSite(file, line, function)
        ) { (arguments: (repeat each Argument)) in try body(repeat each arguments) }
    }

    /// Submits a task for every input, and does not wait: the least overhead for many tasks.
    ///
    /// Failures are reported at shutdown or exit. To a pool that is closed it submits one task, which fails.
    ///
    /// - Parameters:
    ///   - inputs: The tasks' inputs.
    ///   - name: Each task's name in reports and views.
    ///   - chunkSize: The number of elements that a worker takes at a time; by default a quarter of a worker's share. 1
    ///     in serial mode.
    ///   - body: The task for one input.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    @inlinable
    public func execute<Inputs: RandomAccessCollection & Sendable>(
        each inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil, file: StaticString = #fileID,
        line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Inputs.Element) throws -> Void
    ) where Inputs.Element: Sendable {
        let count = inputs.count
        guard count > 0 else { return }
        let map = try? makeMap(
            count: count, name: name, chunkSize: chunkSize, policy: .finishAll, at: CallSite(file, line, function),
            Map.Work(elementsOf: inputs, body))
        guard let map else { return refuse(name: name, at: CallSite(file, line, function)) }
        run(map)
    }
}

// MARK: - What is the same for all types

extension ThreadPool {
    @usableFromInline
    func throwIfClosed() throws {
        guard core.takesTasks else { throw core.refusalError }
    }

    /// A new map, whose submission is recorded.
    @usableFromInline
    func makeMap(
        count: Int, name: TaskName?, chunkSize: Int?, policy: FailurePolicy, at site: CallSite, _ work: Map.Work
    ) throws -> Map {
        try throwIfClosed()
        let job = Job.newChild(.chunk, name: name?.id ?? 0, site: site.number)
        job.recordSubmission(to: core.number)
        return Map(
            job: job, count: count,
            chunkSize: core.chunkSize(for: count, requested: chunkSize), policy: policy, core: core, work: work)
    }

    @usableFromInline
    func run(_ map: Map) { map.enqueue(in: core) }

    @usableFromInline
    func runAndWait(_ map: Map) throws {
        map.enqueue(in: core)
        _ = try map.wait()
        try map.throwMissing()
    }

    @usableFromInline
    func refuse(name: TaskName?, at site: CallSite) {
        core.refuse(name: name, site: site.number)
    }
}
