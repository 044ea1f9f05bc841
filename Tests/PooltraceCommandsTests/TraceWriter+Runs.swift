internal import PoolModel

extension TraceWriter {
    /// What starts every run: the process, a site, a name, a pool of two workers.
    mutating func begin(program: String = "checker data", name: Value = .text("check")) {
        add(
            "process_start", at: 0, .number(UInt64(4711)), .number(1), .number(1), .number(0), .number(0), .text(""),
            .text("/bin/checker"), .text("b1"), .text(program), .number(4), .number(0), .text(""))
        add("site", at: 10, .number(1), .number(41), .text("checker/Check.swift"), .text("run(files:)"))
        add("name", at: 10, .number(1), name)
        add("pool_start", at: 20, .number(1), .number(1), .number(2), .text("files"))
        add("origin", at: 20, .number(1), .number(1), .number(1), .number(1))
        for worker: UInt64 in 1...2 {
            add("worker_start", at: 30, .number(1), .number(worker), .number(worker), .number(100 + worker))
        }
    }

    /// Submits the child `ordinal` of main; returns its number.
    @discardableResult
    mutating func submit(_ ordinal: UInt32, at offset: UInt64, origin: UInt64 = 1) -> UInt64 {
        let task = TaskID.child(of: TaskPath.main.id, ordinal: ordinal)
        add(
            "task_submit", at: offset, stream: 1, .number(task), .number(TaskPath.main.id), .number(UInt64(ordinal)),
            .number(origin))
        return task
    }

    /// Submits and runs the child `ordinal` of main; without an end if `milliseconds` is nil.
    mutating func run(
        _ ordinal: UInt32, worker: UInt64, from: UInt64, milliseconds: UInt64?, outcome: Outcome = .succeeded
    ) {
        let task = submit(ordinal, at: 1000 + UInt64(ordinal))
        add("task_start", at: from * 1_000_000, stream: 1 + worker, .number(task), .number(worker))
        guard let milliseconds else { return }
        add(
            "task_end", at: (from + milliseconds) * 1_000_000, stream: 1 + worker, .number(task),
            .number(UInt64(outcome.rawValue)))
    }

    /// The failure of the child `ordinal` of main, with the event of the frame where it threw.
    mutating func fail(_ ordinal: UInt32, number: UInt64, at milliseconds: UInt64, input: Value, message: Value) {
        let time = milliseconds * 1_000_000
        add(
            "frame", at: time, .number(0x10), .number(0), .number(88), .text("Scanner.value()"),
            .text("/src/Scanner.swift"),
            .text("checker"))
        add(
            "task_error", at: time, .number(TaskID.child(of: TaskPath.main.id, ordinal: ordinal)), .number(number),
            .number(number - 1), .number(0), .number(.max), .number(2_000_000), .number(1_000_000), .number(3_000_000),
            .number(1), .number(2), .number(1), .number(1), .text("main.\(ordinal)"), input, .text("checker.Broken"),
            message,
            .numbers([]), .numbers([]), .numbers([0x10]), .numbers([1]), .numbers([1]), .numbers([500_000]),
            .text("main.1"), .number(0), .number(1), .numbers([]), .numbers([]), .numbers([]))
    }

    /// Three tasks, of which one fails and one does not end.
    static func typical(_ tracer: Tracer = .ring, program: String = "checker data", name: Value = .text("check"))
        -> TraceWriter
    {
        var trace = TraceWriter(tracer)
        trace.begin(program: program, name: name)
        trace.run(1, worker: 1, from: 2, milliseconds: 40)
        trace.run(2, worker: 2, from: 2, milliseconds: 3, outcome: .failed)
        trace.fail(2, number: 1, at: 5, input: .text("data/b.json"), message: .text("expected ','"))
        trace.run(3, worker: 2, from: 10, milliseconds: nil)
        trace.add("report", at: 50_000_000, .number(1), .number(0))
        return trace
    }
}
