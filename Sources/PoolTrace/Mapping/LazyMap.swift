/// The results of tasks that are submitted as results are asked for: what `lazyMap` and `lazyMapUnordered` of a pool
/// return.
///
/// ```swift
/// for result in pool.lazyMap(paths, ahead: 8, { try load($0) }) {
///     show(try result.get())
/// }
/// ```
///
/// A `for await` loop blocks no thread. Each pass over it submits the tasks anew. A pass that is given up cancels what
/// it has submitted and not started.
public struct LazyMap<Inputs: Sequence, Output: Sendable> where Inputs.Element: Sendable {
    let inputs: Inputs
    let ahead: Int
    let isOrdered: Bool
    let submit: (Inputs.Element) -> Future<Output>
}

/// What was submitted and not given out, a part of the inputs that moves on.
private final class Window<Inputs: Sequence, Output: Sendable> where Inputs.Element: Sendable {
    private let map: LazyMap<Inputs, Output>
    private var inputs: Inputs.Iterator
    /// In order of submission.
    private var futures: [Future<Output>] = []
    /// Those of `futures` that are given out as they end; `nil` where the order is that of the inputs.
    private var queue: CompletionQueue?
    private var given = 0

    /// After so many a queue, which remembers each, is replaced.
    private static var queueLimit: Int { 1024 }

    init(_ map: LazyMap<Inputs, Output>) {
        self.map = map
        inputs = map.inputs.makeIterator()
        if !map.isOrdered { queue = CompletionQueue([]) }
    }

    deinit { for future in futures { future.cancel() } }

    /// Submits what may be submitted; `nil` if nothing is left.
    func fill() -> Future<Output>? {
        while futures.count < map.ahead, let input = inputs.next() {
            let future = map.submit(input)
            futures.append(future)
            queue?.add(future)
        }
        return futures.first
    }

    /// Gives out the next one, and submits another in its place.
    private func take(_ future: Future<Output>) {
        futures.removeAll { $0 === future }
        given += 1
        if queue != nil, given.isMultiple(of: Self.queueLimit) { queue = CompletionQueue(futures.lazy.map { $0 }) }
        _ = fill()
    }

    /// Waits for the next one; which it is, or `nil` after the last.
    ///
    /// - Throws: `TimeoutError`.
    func next(timeout: Duration? = nil) throws -> Future<Output>? {
        guard let first = fill() else { return nil }
        guard let queue else {
            do {
                try first.wait(timeout: timeout)
            } catch let error as TimeoutError {
                throw error
            } catch {
                // It waits for the caller: its value says so.
            }
            take(first)
            return first
        }
        let next = (try? queue.next(until: timeout.map { .now + $0 })) ?? queue.takePending().map { .future($0) }
        if case .timedOut? = next, let error = queue.timeoutError(timeout ?? .zero) { throw error }
        let future = next?.future(as: Future<Output>.self)
        if let future { take(future) }
        return future
    }

    /// The same without blocking a thread.
    func next() async -> Future<Output>? {
        guard let first = fill() else { return nil }
        guard let queue else {
            _ = await first.wait(until: nil)
            take(first)
            return first
        }
        let future = await queue.next(until: nil).future(as: Future<Output>.self)
        if let future { take(future) }
        return future
    }
}

// MARK: - Sequence

extension LazyMap: Sequence {
    /// A pass over the results, for one thread.
    public final class Iterator: IteratorProtocol {
        private let window: Window<Inputs, Output>

        fileprivate init(_ map: LazyMap) { window = Window(map) }

        /// Waits for the next result; `nil` after the last.
        ///
        /// - Returns: The value, or what `Future.value` throws.
        public func next() -> Result<Output, any Error>? {
            guard let future = try? window.next() else { return nil }
            return Result { try future.value() }
        }

        /// Waits for the next result, but not longer than `timeout`.
        ///
        /// - Returns: `nil` after the last.
        /// - Throws: `TimeoutError`, after which the same result may be asked for again; what `Future.value` throws.
        public func next(timeout: Duration) throws -> Output? { try window.next(timeout: timeout)?.value() }
    }

    /// A new pass, which has submitted nothing yet.
    public func makeIterator() -> Iterator { Iterator(self) }
}

// MARK: - AsyncSequence

extension LazyMap: AsyncSequence {
    /// A pass over the results, for one async task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let window: Window<Inputs, Output>

        fileprivate init(_ map: LazyMap) { window = Window(map) }

        /// Waits for the next result without blocking a thread; `nil` after the last.
        ///
        /// - Returns: The value, or what `Future.value` throws.
        public func next() async -> Result<Output, any Error>? {
            guard let future = await window.next() else { return nil }
            do { return .success(try await future.value()) } catch { return .failure(error) }
        }
    }

    /// A new pass, which has submitted nothing yet.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

// MARK: - Where it comes from

extension ThreadPool {
    /// Runs `body` for every input as its result is asked for, with some tasks submitted ahead: for inputs that are
    /// many, or without end.
    ///
    /// - Parameters:
    ///   - inputs: The tasks' inputs; read on the thread that asks for the results.
    ///   - ahead: The maximum number of tasks that are submitted and not asked for; by default twice the number of
    ///     workers.
    ///   - name: Each task's name in reports and views.
    ///   - body: The task for one input.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The results, in the order of the inputs.
    public func lazyMap<Inputs: Sequence, Output: Sendable>(
        _ inputs: Inputs, ahead: Int? = nil, name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) -> LazyMap<Inputs, Output> where Inputs.Element: Sendable {
        LazyMap(inputs: inputs, ahead: max(1, ahead ?? 2 * workers), isOrdered: true) { input in
            self.submit(name: name, input: input, at: CallSite(file, line, function), body)
        }
    }

    /// Runs `body` for every input as results are asked for, with some tasks submitted ahead: for inputs that are many,
    /// or without end.
    ///
    /// - Parameters:
    ///   - inputs: The tasks' inputs; read on the thread that asks for the results.
    ///   - ahead: The maximum number of tasks that are submitted and not asked for; by default twice the number of
    ///     workers.
    ///   - name: Each task's name in reports and views.
    ///   - body: The task for one input.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The results, as the tasks end.
    public func lazyMapUnordered<Inputs: Sequence, Output: Sendable>(
        _ inputs: Inputs, ahead: Int? = nil, name: TaskName? = nil, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function, _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) -> LazyMap<Inputs, Output> where Inputs.Element: Sendable {
        LazyMap(inputs: inputs, ahead: max(1, ahead ?? 2 * workers), isOrdered: false) { input in
            self.submit(name: name, input: input, at: CallSite(file, line, function), body)
        }
    }
}
