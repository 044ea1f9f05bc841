internal import PoolModel

extension TraceWriter {
    /// A run with everything in it that an export tells of: 14 tasks on two workers of a pool.
    ///
    /// Of these
    /// - main.1 waits for main.1.1, which runs inside its wait, and for main.1.2, which another worker runs;
    /// - main.2 fails, main.3 does not end, main.4 is cancelled, main.5 does not start;
    /// - main.6 is a map of five elements, of which one fails;
    /// - main.7 is async: it leaves its worker twice; another task runs there meanwhile, and its own wait overlaps that
    ///   one;
    ///
    /// main.1 says what it does in two spans, one in the other, and a value and a mark;
    /// and main waits for main.1, and for main.5, which does not end.
    static func everything(_ tracer: Tracer = .ring, name: Value = .text("check")) -> TraceWriter {
        var trace = typical(tracer, name: name)
        let main = TaskPath.main.id
        func child(_ ordinal: UInt32, of parent: UInt64) -> UInt64 { TaskID.child(of: parent, ordinal: ordinal) }
        let first = child(1, of: main)

        // Typical holds main.1 from 2 to 42 ms on worker 1, main.2 from 2 to 5 ms and main.3 from 10 ms on, on worker
        // 2.
        trace.submit(child(1, of: first), of: first, ordinal: 1, at: 12_000_000, stream: 4)
        trace.submit(child(2, of: first), of: first, ordinal: 2, at: 12_100_000, stream: 4)
        trace.wait(first, for: child(1, of: first), from: 13_000_000, to: 20_000_000, stream: 4)
        trace.start(child(1, of: first), on: 1, from: 13_500_000, to: 19_500_000, stream: 5)
        trace.start(child(2, of: first), on: 2, from: 25_000_000, to: 29_000_000, stream: 6)
        trace.wait(first, for: child(2, of: first), from: 24_000_000, to: 30_000_000, stream: 4)

        for (name, text): (UInt64, String) in [(91, "parse"), (92, "read"), (93, "rows"), (94, "cache miss")] {
            trace.add("name", at: 31_000_000, stream: 4, .number(name), .text(text))
        }
        trace.add("span_start", at: 32_000_000, stream: 4, .number(first), .number(91))
        trace.add("span_start", at: 32_500_000, stream: 4, .number(first), .number(92))
        trace.add("task_value", at: 32_600_000, stream: 4, .number(first), .number(93), .float(12.5))
        trace.add("span_end", at: 33_500_000, stream: 4, .number(first), .number(92))
        trace.add("task_mark", at: 34_000_000, stream: 4, .number(first), .number(94))
        trace.add("span_end", at: 35_000_000, stream: 4, .number(first), .number(91))

        trace.submit(child(4, of: main), of: main, ordinal: 4, at: 43_000_000, stream: 7)
        trace.add("task_end", at: 44_000_000, stream: 7, .number(child(4, of: main)), .number(3))
        trace.submit(child(5, of: main), of: main, ordinal: 5, at: 44_500_000, stream: 7)

        let map = child(6, of: main)
        trace.submit(map, of: main, ordinal: 6, at: 45_000_000, stream: 7)
        for index: UInt64 in 0..<5 {
            let element = TaskID.element(of: map, index: index)
            trace.add(
                "element_submit", at: 45_000_001, stream: 7, .number(element), .number(map), .number(index), .number(1))
            let outcome: Outcome = index == 3 ? .failed : .succeeded
            let start = 46_000_000 + index * 500_000
            trace.start(element, on: 1, from: start, to: start + 400_000, stream: 8, outcome: outcome)
        }

        let asynchronous = child(7, of: main)
        let other = child(8, of: main)
        trace.submit(asynchronous, of: main, ordinal: 7, at: 50_000_000, stream: 7)
        trace.submit(other, of: main, ordinal: 8, at: 50_000_100, stream: 7)
        trace.add("task_start", at: 51_000_000, stream: 9, .number(asynchronous), .number(1))
        trace.add("wait_start", at: 51_200_000, stream: 9, .number(asynchronous), .number(other))
        trace.add("task_suspend", at: 51_500_000, stream: 9, .number(asynchronous), .number(1))
        trace.start(other, on: 1, from: 51_600_000, to: 53_000_000, stream: 9)
        trace.add("task_resume", at: 53_100_000, stream: 9, .number(asynchronous), .number(1))
        trace.add("wait_end", at: 53_200_000, stream: 9, .number(asynchronous), .number(other))
        trace.add("task_suspend", at: 53_500_000, stream: 9, .number(asynchronous), .number(1))
        trace.add("task_resume", at: 54_000_000, stream: 9, .number(asynchronous), .number(1))
        trace.add("task_end", at: 54_500_000, stream: 9, .number(asynchronous), .number(1))

        trace.wait(main, for: first, from: 3_000_000, to: 42_100_000, stream: 10)
        trace.add("wait_start", at: 55_000_000, stream: 10, .number(main), .number(child(5, of: main)))
        trace.add("mark", at: 56_000_000, stream: 10, .number(main), .text("half way"), .number(1))
        trace.add("mark", at: 57_000_000, stream: 10, .number(first), .text("two"), .number(1))
        return trace
    }

    mutating func submit(_ task: UInt64, of parent: UInt64, ordinal: UInt64, at time: UInt64, stream: UInt64) {
        add("task_submit", at: time, stream: stream, .number(task), .number(parent), .number(ordinal), .number(1))
    }

    mutating func start(
        _ task: UInt64, on worker: UInt64, from: UInt64, to: UInt64, stream: UInt64, outcome: Outcome = .succeeded
    ) {
        add("task_start", at: from, stream: stream, .number(task), .number(worker))
        add("task_end", at: to, stream: stream, .number(task), .number(UInt64(outcome.rawValue)))
    }

    mutating func wait(_ task: UInt64, for awaited: UInt64, from: UInt64, to: UInt64, stream: UInt64) {
        add("wait_start", at: from, stream: stream, .number(task), .number(awaited))
        add("wait_end", at: to, stream: stream, .number(task), .number(awaited))
    }
}
