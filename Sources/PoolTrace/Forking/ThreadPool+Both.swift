import CPoolRecorder

extension ThreadPool {
    /// Runs one function on two inputs at the same time, and waits for both: fork and join.
    ///
    /// ```swift
    /// func sum(_ range: Range<Int>, on pool: ThreadPool) throws -> Int {
    ///     if range.count < 1000 { return range.reduce(0) { $0 + cost(of: $1) } }
    ///     let middle = range.lowerBound + range.count / 2
    ///     let (left, right) = try pool.both(range.lowerBound..<middle, middle..<range.upperBound, run: sum)
    ///     return left + right
    /// }
    /// ```
    ///
    /// The first is a task, a child of the caller's, which another worker takes if one has nothing to do; the second is
    /// a part of the caller's task. Nothing is allocated for it, if `body` captures nothing. A caller outside of the
    /// pool's tasks submits all of it as one task.
    ///
    /// - Parameters:
    ///   - first: The input of the task.
    ///   - second: The input of what the caller runs meanwhile.
    ///   - name: The task's name in reports and views.
    ///   - body: Is given the input, and the pool so that it need not capture it.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: Both values.
    /// - Throws: What `body` throws for the second, then the task that had not started is cancelled, and another one
    ///   waited for; else `TaskFailure` if the task threw, `CancellationError` if the pool was terminated,
    ///   `WaitCycleError` where it waits for the caller.
    @inlinable
    public func both<Input: Sendable, Value: Sendable>(
        _ first: Input, _ second: Input, name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, run body: @escaping @Sendable (Input, ThreadPool) throws -> Value
    ) throws -> (Value, Value) {
        let site = CallSite(file, line, function)
        guard let fork = makeFork(name: name, at: site) else {
            return try submit(name: name, at: site) {
                try self.both(first, second, name: name, file: file, line: line, function: function, run: body)
            }.value()
        }
        let frame = ForkFrame(input: first, pool: .passUnretained(self), body: body)
        return try withUnsafePointer(to: frame) { frame in
            fork._withUnsafeGuaranteedRef { fork in
                fork.frame = UnsafeRawPointer(frame)
                fork.run = { try $0.runFrame(Input.self, Value.self) }
            }
            start(fork)
            let own: Value
            do {
                own = try body(second, self)
            } catch {
                drop(fork, Value.self)
                throw error
            }
            return (try join(fork, Value.self), own)
        }
    }

    /// Waits for the task; its value, or what it threw.
    @inlinable
    func join<Value>(_ fork: Unmanaged<Fork>, _: Value.Type) throws -> Value {
        let isOnlyOurs: Bool
        do {
            isOnlyOurs = try wait(for: fork)
        } catch {
            leave(fork, Value.self)
            throw error
        }
        defer { giveBack(fork, isOnlyOurs: isOnlyOurs) }
        return try fork._withUnsafeGuaranteedRef { fork in
            guard fork.result.isStored else { throw fork.endedError() }
            defer { fork.result.destroy(as: Value.self) }
            return fork.result.load(as: Value.self)
        }
    }

    /// Cancels the task, or waits for it if it has started; a failure stays for the pool to report.
    @inlinable
    func drop<Value>(_ fork: Unmanaged<Fork>, _: Value.Type) {
        do {
            try waitWithoutStarting(fork)
        } catch {
            return leave(fork, Value.self)
        }
        fork._withUnsafeGuaranteedRef { $0.result.destroy(as: Value.self) }
        giveBack(fork, isOnlyOurs: false)
    }

    /// Lets go of a task that waits for the caller, and goes on once the caller has ended.
    @inlinable
    func leave<Value>(_ fork: Unmanaged<Fork>, _: Value.Type) {
        fork._withUnsafeGuaranteedRef { $0.destroyResult = { $0.destroy(as: Value.self) } }
        // The task is given the pool; nobody can say when it has let go of it.
        _ = Unmanaged.passRetained(self)
        giveBack(fork, isOnlyOurs: false)
    }
}

// MARK: - The same for all types

extension ThreadPool {
    /// A new child of the task that runs here, if it is one of this pool's.
    @usableFromInline
    func makeFork(
        name: TaskName?, at site: CallSite
    ) -> Unmanaged<Fork>? {
        core.makeFork(name: name, at: site)
    }

    @usableFromInline
    func start(_ fork: Unmanaged<Fork>) { core.start(fork) }

    /// Runs the task if no other worker has taken it, or waits for it.
    ///
    /// - Returns: Whether no other worker has taken it.
    /// - Throws: `WaitCycleError`.
    @usableFromInline
    func wait(for fork: Unmanaged<Fork>) throws -> Bool { try core.wait(for: fork) }

    /// Cancels the task if no worker has started it, or waits for it.
    @usableFromInline
    func waitWithoutStarting(_ fork: Unmanaged<Fork>) throws {
        if !fork._withUnsafeGuaranteedRef({ $0.cancel() }) {
            try fork._withUnsafeGuaranteedRef { try $0.wait(timeout: nil) }
        }
    }

    /// Gives up the caller's reference to a task that has ended, or that it leaves.
    @usableFromInline
    func giveBack(_ fork: Unmanaged<Fork>, isOnlyOurs: Bool) { core.giveBack(fork, isOnlyOurs: isOnlyOurs) }
}
