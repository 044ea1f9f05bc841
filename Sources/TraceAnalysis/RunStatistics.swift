/// A run in numbers: as a whole, and by name, pool and worker.
public struct RunStatistics: Sendable {
    /// What the tasks of a row have in common.
    public enum Group: Sendable, Hashable {
        /// Their name; tasks without one go by their site.
        case name(TaskTimes.Group)
        /// Their pool, by its number.
        case pool(UInt32)
        /// The worker that ran them, by its number in the process.
        case worker(UInt32)
    }

    /// The tasks of one group.
    public struct Row: Sendable {
        /// What they have in common.
        public let group: Group
        /// How many there are, started or not.
        public var count: Int { outcomes.values.reduce(0, +) }
        /// How many came how far.
        public let outcomes: [TaskEntry.State: Int]
        /// How long workers were busy with them, in nanoseconds.
        public let busy: UInt64
        /// From submission to start.
        public let queueWait: TaskTimes.Percentiles?
        /// From start to end, without the time in which they were suspended.
        public let runTime: TaskTimes.Percentiles?
        /// From submission to end.
        public let turnaround: TaskTimes.Percentiles?
        /// Where their run time went, of those of which it was measured.
        ///
        /// For a pool or worker, a time counts once in which a task runs on top of another that waits for it.
        public let split: TimeSplit
        /// How long they ran without waits for other tasks, in nanoseconds.
        public let selfTime: UInt64
        /// Which part of their workers' time the tasks took, from 0 to 1: of the worker, of the pool's workers, or of
        /// all workers.
        public let utilization: Double
    }

    /// From the first submission to the last end of the tasks looked at, in nanoseconds.
    public let makespan: UInt64
    /// How many workers there are.
    public let workers: Int
    /// Which part of the makespan the workers were busy, from 0 to 1.
    public let utilization: Double
    /// How many tasks came how far.
    public let outcomes: [TaskEntry.State: Int]
    /// By name, those first that took most time.
    public let names: [Row]
    /// By pool, in the order of their numbers.
    public let pools: [Row]
    /// By worker, in the order of `Run.workers`.
    public let workerRows: [Row]

    /// Counts the tasks that the filter lets pass.
    public init(_ run: Run, filter: TaskFilter.Bound) {
        var names = Accounts<TaskTimes.Group>(limit: Self.maximumTimed, rest: .others)
        var pools = Accounts<UInt32>(limit: Self.maximumTimed, rest: 0)
        var workers = Accounts<UInt32>(limit: Self.maximumWorkers, rest: TaskEntry.noWorker)
        var groups = NameGroups(run)
        var outcomes = Outcomes()
        var (first, last) = (UInt64.max, UInt64.min)
        for (position, task) in run.tasks.entries.enumerated() where task.isShown && filter.matches(task) {
            var counted = Counted(
                task: task, state: run.state(of: task), runTime: run.runTime(of: task),
                split: run.sharedTimeSplit(at: position), selfTime: run.selfTime(at: position))
            outcomes.add(counted.state)
            names.add(counted, to: groups.group(of: task))
            counted.split = run.ownTimeSplit(at: position)
            pools.add(counted, to: task.pool)
            if task.worker != TaskEntry.noWorker { workers.add(counted, to: task.worker) }
            first = min(first, task.submitted ?? task.started ?? UInt64.max)
            last = max(last, task.ended ?? (task.started == nil ? 0 : run.end))
        }
        makespan = last > first ? last - first : 0
        self.outcomes = outcomes.counts

        let rows = Timeline.loads(of: run, filter: filter)
        let busy = rows.reduce(0) { $0 &+ $1.busy }
        let all = Double(makespan)
        func share(_ busy: UInt64, _ workers: Int) -> Double {
            all > 0 && workers > 0 ? min(1, Double(busy) / (all * Double(workers))) : 0
        }
        self.workers = rows.count
        utilization = share(busy, rows.count)
        self.names = names.accounts.map { name, account in
            account.row(.name(name), busy: account.total, utilization: share(account.total, rows.count))
        }.sorted { ($0.busy, $0.count) > ($1.busy, $1.count) }
        self.pools = pools.accounts.map { number, account in
            let own = rows.filter { $0.worker.pool == number }
            let busy = own.reduce(0) { $0 &+ $1.busy }
            return account.row(.pool(number), busy: busy, utilization: share(busy, own.count))
        }.sorted { $0.group.number < $1.group.number }
        workerRows = rows.prefix(Self.maximumWorkers).map { row in
            (workers[row.worker.id] ?? Account(isTimed: false))
                .row(.worker(row.worker.id), busy: row.busy, utilization: share(row.busy, 1))
        }
    }

    /// More groups have no percentiles: three histograms take up to half a megabyte.
    fileprivate static let maximumTimed = 256
    /// More workers have no row: nobody reads so many.
    private static let maximumWorkers = 10_000
}

extension RunStatistics.Group {
    fileprivate var number: UInt32 {
        switch self {
        case .name: 0
        case .pool(let number), .worker(let number): number
        }
    }
}

// MARK: - Accounts

/// How many tasks came how far.
private struct Outcomes {
    private var places = [Int](repeating: 0, count: TaskEntry.State.allCases.count)

    mutating func add(_ state: TaskEntry.State) { places[state.position] += 1 }

    var counts: [TaskEntry.State: Int] {
        Dictionary(uniqueKeysWithValues: zip(TaskEntry.State.allCases, places).filter { $0.1 > 0 })
    }
}

/// A task with what is counted of it.
private struct Counted {
    let task: TaskEntry
    let state: TaskEntry.State
    let runTime: UInt64?
    var split: TimeSplit?
    let selfTime: UInt64?
}

private struct Account {
    var outcomes = Outcomes()
    var total: UInt64 = 0
    var split = TimeSplit()
    var selfTime: UInt64 = 0
    private var times: (queueWait: Durations, runTime: Durations, turnaround: Durations)?

    init(isTimed: Bool) { times = isTimed ? (Durations(), Durations(), Durations()) : nil }

    mutating func add(_ counted: Counted) {
        outcomes.add(counted.state)
        total &+= counted.runTime ?? 0
        if let split = counted.split { self.split += split }
        selfTime &+= counted.selfTime ?? 0
        times?.queueWait.add(counted.task.queueWait)
        times?.runTime.add(counted.runTime)
        times?.turnaround.add(counted.task.turnaround)
    }

    func row(_ group: RunStatistics.Group, busy: UInt64, utilization: Double) -> RunStatistics.Row {
        RunStatistics.Row(
            group: group, outcomes: outcomes.counts, busy: busy, queueWait: times?.queueWait.percentiles,
            runTime: times?.runTime.percentiles, turnaround: times?.turnaround.percentiles, split: split,
            selfTime: selfTime, utilization: utilization)
    }
}

/// An account for each group, up to a number of them.
private struct Accounts<Key: Hashable> {
    private var places: [Key: Int] = [:]
    private var all: [Account] = []
    /// Tasks of one group often follow each other: then nothing is looked up.
    private var last: (key: Key, place: Int)?
    private let limit: Int
    private let rest: Key

    init(limit: Int, rest: Key) {
        self.limit = limit
        self.rest = rest
    }

    /// The accounts with their groups.
    var accounts: [(key: Key, value: Account)] { places.map { ($0.key, all[$0.value]) } }

    subscript(key: Key) -> Account? { places[key].map { all[$0] } }

    mutating func add(_ counted: Counted, to key: Key) {
        if last?.key != key { last = (key, place(of: key)) }
        if let last { all[last.place].add(counted) }
    }

    private mutating func place(of key: Key) -> Int {
        if let place = places[key] { return place }
        let isRest = all.count >= limit
        if isRest, let place = places[rest] { return place }
        all.append(Account(isTimed: all.count < RunStatistics.maximumTimed))
        places[isRest ? rest : key] = all.count - 1
        return all.count - 1
    }
}

/// Which group of names a task belongs to.
struct NameGroups {
    private let run: Run
    private var last: (name: UInt32, site: UInt32, group: TaskTimes.Group)?

    init(_ run: Run) { self.run = run }

    mutating func group(of task: TaskEntry) -> TaskTimes.Group {
        if let last, last.name == task.name, last.name != 0 || last.site == task.site { return last.group }
        let group: TaskTimes.Group =
            if task.name != 0 {
                run.name(task.name).map { .name($0) } ?? .unnamed
            } else {
                run.site(task.site).map { .site($0) } ?? .unnamed
            }
        last = (task.name, task.site, group)
        return group
    }
}
