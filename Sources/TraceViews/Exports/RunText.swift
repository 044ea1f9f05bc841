internal import PoolModel
internal import TraceAnalysis

/// What exports call things, with numbers looked up once: a run may have thousands of workers and millions of tasks.
struct RunText {
    let run: Run
    private let workers: [UInt32: Run.Worker]
    private let pools: [UInt32: String]

    init(_ run: Run) {
        self.run = run
        workers = Dictionary(run.workers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        pools = Dictionary(run.pools.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    var process: String {
        guard let process = run.process else { return "an unknown process" }
        return process.arguments.isEmpty ? process.executable : process.arguments
    }

    func worker(of task: TaskEntry) -> Run.Worker? { workers[task.worker] }

    func pool(of task: TaskEntry) -> String? { pools[task.pool] }

    /// A task's name, or the line that submitted it.
    func name(of task: TaskEntry) -> String { run.title(of: task) }

    /// A task's name with what became of it unless it succeeded, so that readers that colour by name show it in another
    /// colour.
    func title(of task: TaskEntry) -> String {
        let state = run.state(of: task)
        return state == .succeeded ? name(of: task) : "\(name(of: task)) (\(state.rawValue))"
    }
}

// MARK: - Rows of a timeline

extension RunText {
    func lane(_ lane: SliceLane) -> String {
        let name =
            switch lane.place {
            case .worker(let id): worker(id)
            case .root(let number): run.path(ofTask: number)
            case .elsewhere: "not on a worker"
            }
        return lane.overflow == 0 ? name : "\(name), overlapping \(lane.overflow)"
    }

    func counter(_ kind: LoadChanges.Kind, of pool: UInt32) -> String {
        "\(self.pool(pool)): \(kind == .queued ? "tasks queued" : "workers running")"
    }

    /// The thread ID of a row, where the trace has it.
    func thread(of place: SliceLane.Place) -> UInt64? {
        guard case .worker(let id) = place else { return nil }
        return workers[id].map { UInt64($0.thread) }
    }

    /// Whether a row is the main thread's, whose ID is the process ID.
    func isMain(_ place: SliceLane.Place) -> Bool {
        guard case .root(let number) = place else { return false }
        return number == TaskPath.main.id
    }

    private func pool(_ number: UInt32) -> String { pools[number] ?? "\(number)" }

    private func worker(_ id: UInt32) -> String {
        guard let worker = workers[id] else { return "no worker" }
        return "\(pool(worker.pool)) worker \(worker.number)"
    }
}
