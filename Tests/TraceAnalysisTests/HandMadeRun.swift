internal import PoolModel
internal import TraceAnalysis

/// A run that a test writes down task by task; times are in milliseconds.
struct HandMadeRun {
    var builder = RunBuilder()
    let main = TaskPath.main.id
    private var children: [UInt64: UInt32] = [:]
    private var names: [String: UInt32] = [:]
    private var errors: UInt64 = 0

    static let start: UInt64 = 1_700_000_000_000_000_000
    static let ms: UInt64 = 1_000_000

    init(workers: UInt32 = 2, serial: Bool = false, processors: UInt32 = 0, strategy: String = "") {
        add(
            0,
            .processStart(
                .init(
                    pid: 7, isSerial: serial, strategy: strategy, executable: "/bin/x", arguments: "x",
                    processors: processors)))
        add(0, .poolStart(.init(pool: 1, workers: workers, name: "files")))
        for worker in 1...workers { add(0, .workerStart(.init(pool: 1, worker: worker, number: worker))) }
    }

    mutating func add(_ time: Double, _ event: PoolEvent) {
        builder.add(event, at: Self.start + UInt64(time * Double(Self.ms)))
    }

    /// Submits the next child of a task, of main where none is named.
    mutating func submit(_ name: String, of parent: UInt64? = nil, line: UInt32 = 3, at time: Double = 0) -> UInt64 {
        let parent = parent ?? main
        children[parent, default: 0] += 1
        let ordinal = children[parent] ?? 0
        let key = "\(name):\(line)"
        if names[key] == nil {
            let number = UInt32(names.count + 1)
            names[key] = number
            add(time, .name(number: number, text: name))
            add(time, .site(number: number, Site(file: "A/B.swift", line: line, function: "f()")))
            add(time, .origin(.init(origin: number, pool: 1, site: number, name: number)))
        }
        let task = TaskID.child(of: parent, ordinal: ordinal)
        add(time, .taskSubmit(.init(task: task, parent: parent, ordinal: ordinal, origin: names[key] ?? 0)))
        return task
    }

    /// Runs a task; without an end if `to` is nil.
    mutating func run(
        _ task: UInt64, on worker: UInt32, from: Double, to: Double?, outcome: Outcome = .succeeded
    ) {
        add(from, .taskStart(task: task, worker: worker))
        guard let to else { return }
        add(to, .taskEnd(task: task, outcome: outcome.rawValue))
    }

    /// Submits and runs a child of main.
    @discardableResult mutating func task(
        _ name: String, submitted: Double = 0, on worker: UInt32 = 1, from: Double, to: Double?,
        outcome: Outcome = .succeeded
    ) -> UInt64 {
        let task = submit(name, at: submitted)
        run(task, on: worker, from: from, to: to, outcome: outcome)
        return task
    }

    mutating func wait(of task: UInt64, for awaited: UInt64, from: Double, to: Double?) {
        add(from, .waitStart(task: task, awaited: awaited))
        if let to { add(to, .waitEnd(task: task, awaited: awaited)) }
    }

    /// What the process says of a failed task.
    mutating func fail(
        _ task: UInt64, path: String, input: String, message: String, at time: Double, worker: UInt32 = 1
    ) {
        errors += 1
        add(
            time,
            .taskError(
                TaskError(
                    task: task, number: errors, start: 0, queueWait: 0, runTime: 0, pool: 1, worker: worker, site: 1,
                    name: 1,
                    path: path, input: input, type: "x.Broken", message: message)))
    }

    /// The run, whose process ended by itself, or did not.
    func finished(at time: Double? = nil) -> Run {
        var copy = self
        if let time { copy.add(time, .processEnd(status: 0)) }
        var run = copy.builder.finish()
        run.trace = "runs/x-1"
        return run
    }
}
