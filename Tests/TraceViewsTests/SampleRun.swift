internal import PoolModel
internal import TraceAnalysis

/// A run with everything in it that a view shows: two pools, failures, a task that does not end, tasks that wait.
struct SampleRun {
    var builder = RunBuilder()
    let start: UInt64 = 1_700_000_000_000_000_000
    let main = TaskPath.main.id
    private var origins: Set<UInt32> = []

    init(program: String = "jsoncheck --workers 2 data") {
        add(0, .processStart(.init(pid: 4711, executable: "/bin/jsoncheck", arguments: program)))
        add(0, .site(number: 1, Site(file: "jsoncheck/Check.swift", line: 41, function: "run(files:)")))
        add(0, .name(number: 1, text: "check"))
        add(1000, .poolStart(.init(pool: 1, workers: 2, name: "files")))
        add(1000, .workerStart(.init(pool: 1, worker: 1, number: 1)))
        add(1000, .workerStart(.init(pool: 1, worker: 2, number: 2)))
    }

    mutating func add(_ offset: UInt64, _ event: PoolEvent) { builder.add(event, at: start + offset) }

    /// Submits child `ordinal` of main.
    mutating func submit(_ ordinal: UInt32, at offset: UInt64, name: UInt32 = 1, pool: UInt32 = 1) -> UInt64 {
        let task = TaskID.child(of: main, ordinal: ordinal)
        let origin = pool * 100 + name
        if origins.insert(origin).inserted {
            add(offset, .origin(.init(origin: origin, pool: pool, site: 1, name: name)))
        }
        add(offset, .taskSubmit(.init(task: task, parent: main, ordinal: ordinal, origin: origin)))
        return task
    }

    /// Twelve tasks of about 100 ms on two workers; the fifth and ninth fail, the last does not end.
    static func typical() -> Run {
        var sample = SampleRun()
        let ms: UInt64 = 1_000_000
        var tasks: [UInt64] = []
        for ordinal: UInt32 in 1...12 { tasks.append(sample.submit(ordinal, at: ms + UInt64(ordinal) * 10000)) }
        var free: [UInt64] = [2 * ms, 2 * ms]
        for (position, task) in tasks.enumerated() {
            let worker = free[0] <= free[1] ? 0 : 1
            let length = (60 + UInt64(position * 37 % 80)) * ms
            sample.add(free[worker], .taskStart(task: task, worker: UInt32(worker + 1)))
            let end = free[worker] + length
            if position == 11 { continue }
            let failed = position == 4 || position == 8
            if failed {
                sample.add(
                    end,
                    .frame(
                        .init(
                            address: 16, depth: 0,
                            frame: .init(
                                function: "JSONScanner.value()", file: "/src/JSONScanner.swift", line: 88))))
                sample.add(
                    end,
                    .taskError(
                        TaskError(
                            task: task, number: position == 4 ? 1 : 2, sameBefore: position == 4 ? 0 : 1,
                            start: free[worker],
                            queueWait: free[worker] - ms, runTime: length, pool: 1, worker: UInt32(worker + 1), site: 1,
                            name: 1, path: "main.\(position + 1)", input: "data/broken-\(position).json",
                            type: "jsoncheck.JSONError", message: "expected ',' or '}' at line 3, column 14",
                            beside: [
                                .init(worker: UInt32(2 - worker), name: 1, running: 12 * ms, path: "main.\(position)")
                            ], frames: [16])))
            }
            let outcome: Outcome = failed ? .failed : .succeeded
            sample.add(end, .taskEnd(task: task, outcome: outcome.rawValue))
            free[worker] = end + 3 * ms
        }
        sample.add(560 * ms, .mark(task: sample.main, text: "last file"))
        sample.add(600 * ms, .report(number: 1, same: 1))
        var run = sample.builder.finish()
        run.trace = "runs/jsoncheck-1"
        return run
    }
}
