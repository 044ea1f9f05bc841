internal import PoolModel

extension TraceWriter {
    /// Tasks inside others, of which one fails and one, ten deep, fails as well; an async task that fails on another
    /// worker than it began on; one that is blocked and does not end; workers and a pool without tasks: 16 tasks.
    static func nested() -> TraceWriter {
        var trace = TraceWriter()
        trace.begin(program: "crawl --depth 12")
        trace.add("name", at: 40, .number(2), .text("visit"))
        trace.add("origin", at: 40, .number(2), .number(1), .number(1), .number(2))
        trace.add("pool_start", at: 40, .number(2), .number(1), .number(2), .text("spare"))
        for worker: UInt64 in 3...7 {
            trace.add("worker_start", at: 50, .number(1), .number(worker), .number(worker), .number(100 + worker))
        }
        for worker: UInt64 in 8...9 {
            trace.add("worker_start", at: 50, .number(2), .number(worker), .number(worker - 7), .number(100 + worker))
        }
        let main = TaskPath.main.id
        func ms(_ time: UInt64) -> UInt64 { time * 1_000_000 }

        let visit = TaskID.child(of: main, ordinal: 1)
        trace.add(
            "task_submit", at: ms(1), stream: 1, .number(visit), .number(main), .number(1), .number(2))
        trace.add("task_start", at: ms(10), stream: 1, .number(visit), .number(1))
        for ordinal: UInt32 in 1...2 {
            let inner = TaskID.child(of: visit, ordinal: ordinal)
            let from = ms(UInt64(ordinal) * 70)
            trace.submit(inner, of: visit, ordinal: UInt64(ordinal), at: from - 5000, stream: 1)
            trace.add("wait_start", at: from - 1000, stream: 1, .number(visit), .number(inner))
            trace.start(
                inner, on: 1, from: from, to: from + ms(40), stream: 1, outcome: ordinal == 1 ? .failed : .succeeded)
            trace.add("wait_end", at: from + ms(40) + 1000, stream: 1, .number(visit), .number(inner))
        }
        trace.add("task_end", at: ms(200), stream: 1, .number(visit), .number(1))

        var deep = [main]
        for level: UInt64 in 0..<10 {
            let task = TaskID.child(of: deep[deep.count - 1], ordinal: level == 0 ? 2 : 1)
            let at = ms(10 + 10 * level)
            trace.add(
                "task_submit", at: at - 5000, stream: 2, .number(task), .number(deep[deep.count - 1]),
                .number(level == 0 ? 2 : 1), .number(2))
            trace.add("task_start", at: at, stream: 2, .number(task), .number(2))
            deep.append(task)
        }
        for (level, task) in deep.dropFirst().enumerated().reversed() {
            let outcome: UInt64 = level == 9 ? 2 : 1
            trace.add("task_end", at: ms(280 - 10 * UInt64(level)), stream: 2, .number(task), .number(outcome))
        }

        let serve = TaskID.child(of: main, ordinal: 3)
        trace.submit(serve, of: main, ordinal: 3, at: ms(4), stream: 3)
        trace.add("task_start", at: ms(5), stream: 3, .number(serve), .number(3))
        trace.add("task_suspend", at: ms(60), stream: 3, .number(serve), .number(3))
        let other = TaskID.child(of: main, ordinal: 4)
        trace.submit(other, of: main, ordinal: 4, at: ms(70), stream: 3)
        trace.start(other, on: 3, from: ms(80), to: ms(160), stream: 3)
        trace.add("task_resume", at: ms(220), stream: 1, .number(serve), .number(1))
        trace.add("task_end", at: ms(270), stream: 1, .number(serve), .number(UInt64(Outcome.failed.rawValue)))

        let blocked = TaskID.child(of: main, ordinal: 5)
        trace.submit(blocked, of: main, ordinal: 5, at: ms(140), stream: 4)
        trace.add("task_start", at: ms(150), stream: 4, .number(blocked), .number(4))
        trace.add("wait_start", at: ms(170), stream: 4, .number(blocked), .number(other))
        trace.add("mark", at: ms(300), stream: 4, .number(main), .text("now"), .number(1))
        return trace
    }
}
