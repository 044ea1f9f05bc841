import PoolModel
import PoolRecorder
import Synchronization

extension ProcessPool {
    /// Runs a task for every input, and waits for all of them.
    ///
    /// - Parameters:
    ///   - type: The task.
    ///   - inputs: What the tasks work on.
    ///   - name: Each task's name in reports and views; by default its own `taskName`, or its type's.
    ///   - chunkSize: The number of elements that a worker takes at a time; by default a quarter of a worker's share. 1
    ///     in serial mode.
    ///   - policy: What happens when an element fails.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The outputs, in the order of the inputs.
    /// - Throws: The `TaskFailure` of the first element, in the order of the inputs, that failed, or `TaskFailures`, as
    ///   `policy` says; all elements have ended by then. `ProcessPoolError.typeNotFound` before anything is submitted;
    ///   `PoolError.closed`.
    @inlinable
    public func map<Task: ProcessTask, Inputs: Sequence>(
        _ type: Task.Type, over inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil,
        onFailure policy: ThreadPool.FailurePolicy = .finishAll, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function
    ) throws -> [Task.Output] where Inputs.Element == Task.Input {
        try map(
            type, Array(inputs), name: name, chunkSize: chunkSize, policy: policy, at: CallSite(file, line, function))
    }

    @usableFromInline
    func map<Task: ProcessTask>(
        _ type: Task.Type, _ inputs: [Task.Input], name: TaskName?, chunkSize: Int?, policy: ThreadPool.FailurePolicy,
        at site: CallSite
    ) throws -> [Task.Output] {
        let typeName = try TaskTypes.knownName(of: type)
        return try threads.collect(
            count: inputs.count, name: name ?? TaskTypes.taskName(of: type), chunkSize: chunkSize, policy: policy,
            at: site
        ) { work(of: type, named: typeName, inputs, $0) }
    }

    /// What a map's chunks do.
    private func work<Task: ProcessTask>(
        of type: Task.Type, named typeName: String, _ inputs: [Task.Input], _ room: UnsafeMutablePointer<Task.Output>
    ) -> Map.Work {
        var work = Map.Work(elementsOf: inputs, into: room) { try self.runHere(type, $0) }
        guard let host else { return work }
        let map = ProcessMap(pool: self, host: host, typeName: typeName, code: Task.code.elements(inputs, room))
        work.runRemotely = { map.run($1, of: $0, on: $2) }
        return work
    }

    /// Runs a task for every input, and does not wait.
    ///
    /// - Parameters:
    ///   - type: The task.
    ///   - inputs: What the tasks work on.
    ///   - name: Each task's name in reports and views; by default its own `taskName`, or its type's.
    ///   - chunkSize: The number of elements that a worker takes at a time; by default a quarter of a worker's share. 1
    ///     in serial mode.
    ///   - policy: What happens when an element fails.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The handle on the outputs, in the order of the inputs; cancelling it lets no more elements start. It
    ///   throws what `map` throws, and a `TaskFailure` with `ProcessPoolError.typeNotFound`.
    @inlinable
    @discardableResult
    public func submitMap<Task: ProcessTask, Inputs: Sequence>(
        _ type: Task.Type, over inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil,
        onFailure policy: ThreadPool.FailurePolicy = .finishAll, file: StaticString = #fileID, line: UInt32 = #line,
        function: StaticString = #function
    ) -> Future<[Task.Output]> where Inputs.Element == Task.Input {
        submitMap(
            type, Array(inputs), name: name, chunkSize: chunkSize, policy: policy, at: CallSite(file, line, function))
    }

    @usableFromInline
    func submitMap<Task: ProcessTask>(
        _ type: Task.Type, _ inputs: [Task.Input], name: TaskName?, chunkSize: Int?, policy: ThreadPool.FailurePolicy,
        at site: CallSite
    ) -> Future<[Task.Output]> {
        let future = MapFuture<Task.Output>(
            in: threads, name: name ?? TaskTypes.taskName(of: type), at: site, count: inputs.count)
        do {
            let work = work(of: type, named: try TaskTypes.knownName(of: type), inputs, future.room.base)
            threads.run(future, chunkSize: chunkSize, policy: policy, work)
        } catch {
            threads.core.refuse(future, error)
        }
        return future
    }

    /// Runs a task for every input as its output is asked for, with some tasks submitted ahead: for inputs that are
    /// many, or without end.
    ///
    /// - Parameters:
    ///   - type: The task.
    ///   - inputs: What the tasks work on; read on the thread that asks for the outputs.
    ///   - ahead: The maximum number of tasks that are submitted and not asked for; by default twice the number of
    ///     workers.
    ///   - name: Each task's name in reports and views; by default its own `taskName`, or its type's.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The outputs, in the order of the inputs.
    public func lazyMap<Task: ProcessTask, Inputs: Sequence>(
        _ type: Task.Type, over inputs: Inputs, ahead: Int? = nil, name: TaskName? = nil, file: StaticString = #fileID,
        line: UInt32 = #line, function: StaticString = #function
    ) -> LazyMap<Inputs, Task.Output> where Inputs.Element == Task.Input {
        LazyMap(inputs: inputs, ahead: max(1, ahead ?? 2 * workers), isOrdered: true) {
            self.submit(type, $0, name: name, at: CallSite(file, line, function))
        }
    }

    /// Runs a task for every input as outputs are asked for, with some tasks submitted ahead: for inputs that are many,
    /// or without end.
    ///
    /// - Parameters:
    ///   - type: The task.
    ///   - inputs: What the tasks work on; read on the thread that asks for the outputs.
    ///   - ahead: The maximum number of tasks that are submitted and not asked for; by default twice the number of
    ///     workers.
    ///   - name: Each task's name in reports and views; by default its own `taskName`, or its type's.
    ///   - file: The caller's file, for reports and views.
    ///   - line: The caller's line.
    ///   - function: The caller's function.
    /// - Returns: The outputs, as the tasks end.
    public func lazyMapUnordered<Task: ProcessTask, Inputs: Sequence>(
        _ type: Task.Type, over inputs: Inputs, ahead: Int? = nil, name: TaskName? = nil, file: StaticString = #fileID,
        line: UInt32 = #line, function: StaticString = #function
    ) -> LazyMap<Inputs, Task.Output> where Inputs.Element == Task.Input {
        LazyMap(inputs: inputs, ahead: max(1, ahead ?? 2 * workers), isOrdered: false) {
            self.submit(type, $0, name: name, at: CallSite(file, line, function))
        }
    }
}

/// A map over processes, whose elements' types only `code` knows.
private struct ProcessMap {
    let pool: ProcessPool
    let host: WorkerHost
    let typeName: String
    let code: ElementCode

    /// A request is handed over when it has this many bytes, or this many tasks.
    private static let fullBytes = 128 << 10
    private static let fullTasks = 4096

    /// Has the worker's process run the elements of a chunk.
    func run(_ elements: Range<Int>, of map: Map, on worker: Worker) {
        let slot = host.slot(of: worker)
        let core = pool.threads.core
        var remote = RemoteElements(map: map, core: core, worker: worker)
        var next = elements.lowerBound
        while next < elements.upperBound {
            if isCancelled(map) { return map.cancel(next..<elements.upperBound) }
            remote.begin(next)
            var done = next
            do {
                let died = try slot.exchange(
                    WorkerProcess.Running(path: remote.path, firstElement: UInt64(next)),
                    write: { sink, most in
                        try write(next..<elements.upperBound, atMost: most, to: sink, remote)
                    },
                    isCancelled: { isCancelled(map) },
                    take: { answers, count in
                        remote.arrived()
                        // Not retained for each element.
                        let remote = remote
                        for _ in 0..<count {
                            let answer = try Answer(&answers)
                            try take(answer, of: done, remote)
                            done += 1
                        }
                    })
                if let died {
                    remote.fail(done, RemoteThrow(died), input: code.input(done))
                    done += 1
                }
            } catch {
                // Nothing was begun: the input could not be encoded, or there is no worker.
                remote.fail(done, error, input: code.input(done))
                done += 1
            }
            next = done
        }
    }

    private func isCancelled(_ map: Map) -> Bool {
        map.isAskedToStop || pool.threads.core.isCancelling.load(ordering: .relaxed)
    }

    /// Writes a request of as many elements as it should have, up to one that cannot be encoded.
    ///
    /// - Throws: What the first one's encoding threw.
    private func write(
        _ elements: Range<Int>, atMost most: Int, to sink: ByteSink, _ remote: RemoteElements
    ) throws -> Int {
        try TaskRequest.begin(type: typeName, path: remote.path, areElements: true, in: sink)
        var count = 0
        for element in elements {
            let before = sink.count
            do {
                try TaskRequest.add(task: remote.task(element), index: UInt64(element), in: sink) {
                    try code.encode(element, sink)
                }
            } catch {
                guard count > 0 else { throw error }
                sink.count = before
                break
            }
            count += 1
            if count >= min(most, Self.fullTasks) || sink.count >= Self.fullBytes { break }
        }
        TaskRequest.end(count: count, type: typeName, path: remote.path, in: sink)
        return count
    }

    private func take(_ answer: Answer, of element: Int, _ remote: RemoteElements) throws {
        do {
            try answer.value { try code.decode(element, &$0) }
            remote.succeed(element, answer, input: code.input(element))
        } catch let error as MessageError {
            throw error
        } catch {
            // What the task threw, or what its output's decoding did.
            remote.fail(element, error, answer, input: code.input(element))
        }
    }
}

extension ProcessPool {
    /// Runs a task in this process, in serial mode.
    func runHere<Task: ProcessTask>(_ type: Task.Type, _ input: Task.Input) throws -> Task.Output {
        try inProcess?.run()
        return try InProcess.run(type, input)
    }
}
