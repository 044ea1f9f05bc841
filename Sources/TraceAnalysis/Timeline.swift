/// A run's tasks laid out in columns of equal time, a row for each worker: what a timeline draws.
public struct Timeline: Sendable {
    /// One column of a worker's row.
    public struct Cell: Sendable, Equatable {
        /// The part of the column's time in which the worker ran a task, from 0 to 1.
        public internal(set) var busy: Float = 0
        /// Whether a task failed in it.
        public internal(set) var hasFailure = false
        /// Whether a task runs in it that has not ended.
        public internal(set) var isNotEnded = false
        /// How many tasks started in it.
        public internal(set) var starts: UInt32 = 0
        /// The position of the one task that runs in it; `several` if there are more, `none` if there is none.
        public internal(set) var task: Int32 = Cell.none

        /// No task.
        public static let none: Int32 = -1
        /// More than one task.
        public static let several: Int32 = -2
    }

    /// A worker's row.
    public struct Row: Sendable {
        /// The worker.
        public let worker: Run.Worker
        /// Its columns.
        public internal(set) var cells: [Cell]
        /// How many tasks started on it.
        public internal(set) var tasks = 0
        /// How many of them failed.
        public internal(set) var failed = 0
        /// How long it ran tasks, in nanoseconds.
        public internal(set) var busy: UInt64 = 0
    }

    /// When the first column begins, on the trace's clock.
    public let from: UInt64
    /// When the last column ends.
    public let to: UInt64
    /// The rows, in the order of `Run.workers`.
    public internal(set) var rows: [Row]
    /// How many tasks of each pool wait in a queue at the end of each column, by the pool's number.
    public internal(set) var queued: [UInt32: [Int]] = [:]
    /// Where the rows of workers are, by their numbers.
    private let places: [UInt32: Int]
    /// Until when each row is drawn: a task that runs inside another's time adds nothing to it.
    private var covered: [UInt64]
    /// The worker looked up last.
    private var last: (worker: UInt32, place: Int)?
    private let columns: Int
    private let columnsPerNanosecond: Double
    private let columnTime: Double

    /// Lays a run out in this many columns.
    public init(_ run: Run, filter: TaskFilter.Bound, columns: Int) {
        self.init(rows: run.workers.filter(filter.matches), from: filter.from, to: filter.to, columns: columns)
        for position in run.startOrder { addRunning(position, run, filter) }
        addSegments(run, filter)
        addQueued(run, filter)
    }

    /// Empty columns for some workers: the caller adds the tasks.
    init(rows workers: some Sequence<Run.Worker>, from: UInt64, to: UInt64, columns: Int) {
        self.columns = max(1, columns)
        self.from = from
        self.to = max(to, from &+ 1)
        columnTime = Double(self.to &- from) / Double(self.columns)
        columnsPerNanosecond = 1 / columnTime
        let blank = [Cell](repeating: Cell(), count: self.columns)
        rows = workers.map { Row(worker: $0, cells: blank) }
        places = Dictionary(rows.enumerated().map { ($1.worker.id, $0) }, uniquingKeysWith: { first, _ in first })
        covered = Array(repeating: from, count: rows.count)
    }

    /// The time of one column, in nanoseconds.
    public var nanosecondsPerColumn: UInt64 { UInt64(columnTime.rounded()) }

    private func column(_ time: UInt64) -> Int {
        guard time > from else { return 0 }
        return min(columns - 1, Int(Double(min(time, to) - from) * columnsPerNanosecond))
    }
}

// MARK: - Laying out

extension Timeline {
    /// Adds a task that started; tasks come in the order of their starts.
    @inline(__always)
    mutating func addRunning(_ position: UInt32, _ run: Run, _ filter: TaskFilter.Bound) {
        let task = run.tasks.entries[Int(position)]
        guard let started = task.started, started <= to, filter.matches(task) else { return }
        if last?.worker != task.worker { last = places[task.worker].map { (task.worker, $0) } }
        guard let place = last?.place else { return }
        let ended = max(started, task.ended ?? run.end)
        guard ended >= from else { return }
        let state = run.state(of: task)
        note(task, at: position, state, in: place)
        if task.wasSuspended { return }
        let begin = max(started, covered[place])
        let end = min(ended, to)
        if end >= begin {
            cover(from: begin, to: end, task: Int32(truncatingIfNeeded: position), in: place)
            covered[place] = max(covered[place], end)
        }
    }

    /// Async tasks leave their workers: what others run meanwhile covers nothing of theirs.
    mutating func addSegments(_ run: Run, _ filter: TaskFilter.Bound) {
        for (number, suspensions) in run.suspensions {
            guard let position = run.tasks.position(of: number), filter.matches(run.tasks.entries[position]) else {
                continue
            }
            for segment in suspensions.segments where segment.start <= to && segment.end >= from {
                guard let place = places[segment.worker] else { continue }
                cover(
                    from: max(segment.start, from), to: min(segment.end, to),
                    task: Int32(truncatingIfNeeded: position), in: place)
            }
            if suspensions.goesOn, let last = suspensions.segments.last, last.start <= to, last.end >= from,
                let place = places[last.worker]
            {
                markNotEnded(from: column(last.start), in: place)
            }
        }
    }

    private mutating func note(_ task: TaskEntry, at position: UInt32, _ state: TaskEntry.State, in place: Int) {
        let started = task.started ?? from
        rows[place].tasks += 1
        let first = column(started)
        if started >= from { rows[place].cells[first].starts &+= 1 }
        if state == .failed {
            rows[place].failed += 1
            if let ended = task.ended, ended >= from, ended <= to { rows[place].cells[column(ended)].hasFailure = true }
        }
        // An async task may have left the worker: that is seen by its segments.
        if state == .notEnded, !task.wasSuspended { markNotEnded(from: first, in: place) }
    }

    private mutating func markNotEnded(from first: Int, in place: Int) {
        // Where one is marked, all behind it are.
        var column = first
        while column < columns, !rows[place].cells[column].isNotEnded {
            rows[place].cells[column].isNotEnded = true
            column += 1
        }
    }

    private mutating func cover(from begin: UInt64, to end: UInt64, task: Int32, in place: Int) {
        rows[place].busy &+= end - begin
        let first = column(begin)
        let last = column(end)
        for column in first...last {
            let columnStart = Double(column) * columnTime
            let low = max(columnStart, Double(begin - from))
            let high = min(columnStart + columnTime, Double(end - from))
            // An end on the boundary to the next column does not reach into it.
            if high <= low, column > first { continue }
            let busy = rows[place].cells[column].busy + Float(max(0, high - low) * columnsPerNanosecond)
            rows[place].cells[column].busy = min(1, busy)
            let owner = rows[place].cells[column].task
            rows[place].cells[column].task = owner == Cell.none || owner == task ? task : Cell.several
        }
    }

    mutating func addQueued(_ run: Run, _ filter: TaskFilter.Bound) {
        var changes: [UInt32: [Int]] = [:]
        let pools = Set(rows.map(\.worker.pool))
        for task in run.tasks.entries where !task.isMap {
            guard let submitted = task.submitted, submitted <= to, pools.contains(task.pool), filter.matches(task)
            else {
                continue
            }
            if run.state(of: task) == .overwritten { continue }
            let left = max(submitted, task.started ?? task.ended ?? UInt64.max)
            guard left >= from else { continue }
            changes[task.pool, default: Array(repeating: 0, count: columns)][column(submitted)] += 1
            if left <= to { changes[task.pool]?[column(left)] -= 1 }
        }
        queued = changes.mapValues { changes in
            var waiting = 0
            return changes.map { change in
                waiting += change
                return waiting
            }
        }
    }
}
