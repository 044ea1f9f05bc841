import PoolModel

extension WorkerSlot {
    /// Has the process run one task, and waits for it.
    ///
    /// - Throws: A `RemoteThrow`: what the task threw, or a `WorkerDiedError`; what the input's encoding threw.
    func run<Task: ProcessTask>(
        _ type: Task.Type, name: String, _ input: Task.Input, as job: Job, isCancelled: () -> Bool
    ) throws -> Task.Output {
        let code = Task.code
        let path = job.path.description
        var output: Task.Output?
        let died = try exchange(
            WorkerProcess.Running(path: path, firstElement: nil),
            write: { sink, _ in
                try TaskRequest.begin(type: name, path: path, areElements: false, in: sink)
                try TaskRequest.add(task: job.task, index: 0, in: sink) { try code.encode(input, sink) }
                TaskRequest.end(count: 1, type: name, path: path, in: sink)
                return 1
            },
            isCancelled: isCancelled,
            take: { answers, count in
                if count > 0 { output = try Answer(&answers).value(code.decode) }
            })
        if let died { throw RemoteThrow(died) }
        guard let output else { throw CancellationError() }
        return output
    }
}

/// The request to run tasks, as `WorkerMessage` has it.
enum TaskRequest {
    static func begin(type: String, path: String, areElements: Bool, in sink: ByteSink) throws {
        try sink.append(RequestKind.run.rawValue)
        try sink.append(type)
        try sink.append(path)
        try sink.append(UInt8(areElements ? 1 : 0))
        try sink.append(UInt32(0))
    }

    static func add(task: UInt64, index: UInt64, in sink: ByteSink, _ input: () throws -> Void) throws {
        try sink.append(task)
        try sink.append(index)
        let length = try sink.reserve(UInt64.self)
        try input()
        sink.fill(UInt64(sink.count - length - 8), at: length)
    }

    /// Writes how many tasks were added.
    static func end(count: Int, type: String, path: String, in sink: ByteSink) {
        // Behind the kind, two texts with their lengths, and the flag.
        sink.fill(UInt32(clamping: count), at: 1 + 4 + type.utf8.count + 4 + path.utf8.count + 1)
    }
}
