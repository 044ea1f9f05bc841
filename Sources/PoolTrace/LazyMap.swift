/// The results of tasks that are submitted as somebody asks for results: what `ThreadPool.imap` returns.
///
/// ```swift
/// for result in pool.imap(paths, ahead: 8, { try load($0) }) {
///     show(try result.get())
/// }
/// ```
///
/// Each pass over it submits the tasks anew. A pass that is given up cancels what it has submitted and not started.
public struct LazyMap<Inputs: Sequence, Output: Sendable>: Sequence where Inputs.Element: Sendable {
    let pool: ThreadPool
    let inputs: Inputs
    let ahead: Int
    let submit: (ThreadPool, Inputs.Element) -> Future<Output>

    /// A new pass, which has submitted nothing yet.
    public func makeIterator() -> Iterator { Iterator(self) }

    /// A pass over the results, for one thread.
    public final class Iterator: IteratorProtocol {
        private let map: LazyMap
        private var inputs: Inputs.Iterator
        /// What was submitted and not given out, in order.
        private var window: [Future<Output>] = []

        init(_ map: LazyMap) {
            self.map = map
            inputs = map.inputs.makeIterator()
        }

        deinit { for future in window { future.cancel() } }

        /// Waits for the next result, in the order of the inputs; `nil` after the last.
        ///
        /// - Returns: The value, or what `Future.value` throws.
        public func next() -> Result<Output, any Error>? {
            fill()
            guard !window.isEmpty else { return nil }
            defer { fill() }
            let first = window.removeFirst()
            return Result { try first.value() }
        }

        /// Waits for the next result, in the order of the inputs, but not longer than `timeout`.
        ///
        /// - Returns: `nil` after the last.
        /// - Throws: `TimeoutError`, after which the same result may be asked for again; what `Future.value` throws.
        public func next(timeout: Duration) throws -> Output? {
            fill()
            guard let first = window.first else { return nil }
            do {
                try first.wait(timeout: timeout)
            } catch let error as TimeoutError {
                throw error
            } catch {}
            window.removeFirst()
            defer { fill() }
            return try first.value()
        }

        private func fill() {
            while window.count < map.ahead, let input = inputs.next() {
                window.append(map.submit(map.pool, input))
            }
        }
    }
}

extension ThreadPool {
    /// Runs `body` for every input as its result is asked for, with some tasks submitted ahead: for inputs that are many, or without end.
    ///
    /// - Parameters:
    ///   - inputs: What the tasks are given; read on the thread that asks for the results.
    ///   - ahead: How many tasks are submitted beyond the result that is waited for; by default twice the number of workers.
    ///   - name: What reports and views call each task.
    ///   - body: The task for one input.
    /// - Returns: The results, in the order of the inputs.
    public func imap<Inputs: Sequence, Output: Sendable>(
        _ inputs: Inputs, ahead: Int? = nil, name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) -> LazyMap<Inputs, Output> where Inputs.Element: Sendable {
        LazyMap(pool: self, inputs: inputs, ahead: max(1, ahead ?? 2 * workers)) { pool, input in
            pool.submit(name: name, input: input, file: file, line: line, function: function, body)
        }
    }
}
