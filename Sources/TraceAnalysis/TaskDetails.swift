internal import PoolModel

/// All that a run knows of a task, with its failure found by its number.
public struct TaskDetails: Sendable {
    /// The run.
    public let run: Run
    private let failures: [UInt64: Int]
    private let pools: [UInt32: String]
    private let workers: [UInt32: UInt32]

    /// Looks up the failures of a run's tasks.
    public init(_ run: Run) {
        self.run = run
        failures = Dictionary(
            run.failureTasks.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        pools = Dictionary(run.pools.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
        workers = Dictionary(run.workers.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    /// What its error says of itself, with the error's type; `nil` where the trace holds no failure of it.
    public func error(of task: TaskEntry) -> String? {
        failures[task.number].map { "\(run.failures[$0].type): \(run.failures[$0].message)" }
    }

    /// Its error's type; `nil` where the trace holds no failure of it.
    func errorType(of task: TaskEntry) -> String? { failures[task.number].map { run.failures[$0].type } }

    /// What it was working on: known of tasks that failed, and of those that were among the slowest of their name.
    public func input(of task: TaskEntry) -> String? {
        failures[task.number].flatMap { run.failures[$0].input } ?? run.input(ofTask: task.number)
    }

    /// A text of a task.
    public func text(_ key: TaskQuery.Key, _ task: TaskEntry) -> String? {
        switch key {
        case .state: run.state(of: task).rawValue
        case .name: run.name(of: task)
        case .path: run.path(of: task)
        case .site: run.site(of: task)?.description
        case .pool: task.pool == 0 ? nil : pools[task.pool] ?? String(task.pool)
        case .said: run.said(by: task.number)
        case .input: input(of: task)
        case .error: error(of: task)
        case .task: String(task.number, radix: 16)
        default: number(key, task).map { String($0) }
        }
    }

    /// A number of a task: durations and moments since the run's start in nanoseconds; its worker's number in its pool.
    public func number(_ key: TaskQuery.Key, _ task: TaskEntry) -> UInt64? {
        switch key {
        case .state: UInt64(TaskEntry.State.allCases.firstIndex(of: run.state(of: task)) ?? 0)
        case .pool: task.pool == 0 ? nil : UInt64(task.pool)
        case .worker: task.worker == TaskEntry.noWorker ? nil : UInt64(workers[task.worker] ?? task.worker)
        case .submitted: task.submitted.map(run.offset)
        case .started: task.started.map(run.offset)
        case .ended: task.ended.map(run.offset)
        case .wait: task.queueWait
        case .run: run.runTime(of: task)
        case .turnaround: task.turnaround
        case .suspensions: task.wasSuspended ? UInt64(run.suspensions[task.number]?.count ?? 0) : 0
        case .cpu: run.timeSplit(of: task)?.onCPU
        case .ready: run.timeSplit(of: task)?.ready
        case .blocked: run.timeSplit(of: task)?.blocked
        case .selfTime: run.selfTime(of: task)
        case .task: task.number
        case .name, .path, .site, .said, .input, .error: nil
        }
    }
}

extension Run {
    /// A time since the run's start, in nanoseconds; one that seems to precede it is the start.
    public func offset(_ time: UInt64) -> UInt64 { time > start ? time - start : 0 }
}
