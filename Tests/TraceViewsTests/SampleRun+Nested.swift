internal import PoolModel
internal import TraceAnalysis

extension SampleRun {
    private static let ms: UInt64 = 1_000_000

    /// Submits a child of a task, and runs it.
    private mutating func child(
        _ ordinal: UInt32, of parent: UInt64, name: UInt32, on worker: UInt32, from: UInt64, to: UInt64?,
        outcome: Outcome = .succeeded
    ) -> UInt64 {
        let task = TaskID.child(of: parent, ordinal: ordinal)
        let at = from - Self.ms
        add(at * 1, .taskSubmit(.init(task: task, parent: parent, ordinal: ordinal, origin: 100 + name)))
        add(from, .taskStart(task: task, worker: worker))
        if let to { add(to, .taskEnd(task: task, outcome: outcome.rawValue)) }
        return task
    }

    /// Tasks inside the waits of others, of which some fail, one of them twelve deep; an async task that fails on
    /// another worker than it began on; one that is blocked and does not end; workers and pools without tasks.
    static func nested() -> Run {
        var sample = SampleRun(program: "crawl --depth 12")
        for (number, name): (UInt32, String) in [(2, "fetch"), (3, "visit"), (4, "serve")] {
            sample.add(0, .name(number: number, text: name))
            sample.add(0, .origin(.init(origin: 100 + number, pool: 1, site: 1, name: number)))
        }
        for worker: UInt32 in 3...9 { sample.add(1000, .workerStart(.init(pool: 1, worker: worker, number: worker))) }
        for pool: UInt32 in 2...4 {
            sample.add(1000, .poolStart(.init(pool: pool, workers: 2, name: "spare-\(pool)")))
            for worker in 2 * pool + 6...2 * pool + 7 {
                sample.add(1000, .workerStart(.init(pool: pool, worker: worker, number: worker % 2 + 1)))
            }
        }
        let visit = sample.child(1, of: sample.main, name: 3, on: 1, from: 10 * ms, to: 200 * ms)
        for ordinal: UInt32 in 1...2 {
            let from = UInt64(ordinal) * 70 * ms
            sample.add(from, .waitStart(task: visit, awaited: TaskID.child(of: visit, ordinal: ordinal)))
            let outcome: Outcome = ordinal == 1 ? .failed : .succeeded
            _ = sample.child(ordinal, of: visit, name: 2, on: 1, from: from, to: from + 40 * ms, outcome: outcome)
            sample.add(from + 40 * ms, .waitEnd(task: visit, awaited: TaskID.child(of: visit, ordinal: ordinal)))
        }
        var parent = sample.main
        for level: UInt64 in 0..<12 {
            let (from, to) = ((10 + 10 * level) * ms, (280 - 10 * level) * ms)
            parent = sample.child(
                level == 0 ? 2 : 1, of: parent, name: 3, on: 2, from: from, to: to,
                outcome: level >= 10 ? .failed : .succeeded)
        }
        let serve = sample.child(3, of: sample.main, name: 4, on: 3, from: 5 * ms, to: nil)
        sample.add(60 * ms, .taskSuspend(task: serve, worker: 3))
        _ = sample.child(4, of: sample.main, name: 2, on: 3, from: 80 * ms, to: 160 * ms)
        sample.add(220 * ms, .taskResume(task: serve, worker: 1))
        sample.add(270 * ms, .taskEnd(task: serve, outcome: Outcome.failed.rawValue))
        let blocked = sample.child(5, of: sample.main, name: 3, on: 4, from: 150 * ms, to: nil)
        sample.add(170 * ms, .waitStart(task: blocked, awaited: TaskID.child(of: blocked, ordinal: 1)))
        sample.add(300 * ms, .mark(task: sample.main, text: "now"))
        var run = sample.builder.finish()
        run.trace = "runs/crawl-1"
        return run
    }
}
