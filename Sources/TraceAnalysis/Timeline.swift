/// A run's tasks laid out in columns of equal time, a row for each worker: what a timeline draws.
public struct Timeline: Sendable {
    /// One column of a worker's row.
    public struct Cell: Sendable, Equatable {
        /// The part of the column's time in which the worker ran a task, from 0 to 1.
        public internal(set) var busy: Float = 0
        /// The part of the column's time in which the task was ready or blocked, as far as that was measured: as much
        /// of its time as of the whole task's.
        public internal(set) var offCPU: Float = 0
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

        /// Whether what ran in it was off the processors for most of the time.
        public var isOffCPU: Bool { offCPU > busy / 2 }
    }

    /// A worker's row.
    public struct Row: Sendable {
        /// The worker.
        public let worker: Run.Worker
        /// Its columns on each level: on the first those of the tasks that run in no other's time, on the next those of
        /// the tasks that run inside their waits, and so on.
        public internal(set) var levels: [[Cell]]
        /// How many levels its tasks take; where that is more than `levels` has, the last of these shows all that are
        /// deeper.
        public internal(set) var depth: Int
        /// How many tasks started on it.
        public internal(set) var tasks = 0
        /// How many of them failed.
        public internal(set) var failed = 0
        /// How long it ran tasks, in nanoseconds.
        public internal(set) var busy: UInt64 = 0

        /// The columns of the first level.
        public var cells: [Cell] { levels[0] }
        /// Whether nothing ran on it.
        public var isIdle: Bool { tasks == 0 && busy == 0 && levels[0].allSatisfy { $0.task == Cell.none } }
    }

    /// The tasks of a pool that wait in its queue.
    public struct Queue: Sendable {
        /// How many wait at a time, at most, in each column.
        public internal(set) var columns: [Int]
        /// How many wait at a time, at most.
        public internal(set) var most = 0
    }

    /// More levels are not laid out, but shown together.
    public static let maximumLevels = 8

    /// When the first column begins, on the trace's clock.
    public let from: UInt64
    /// When the last column ends.
    public let to: UInt64
    /// The rows, in the order of `Run.workers`.
    public internal(set) var rows: [Row]
    /// The queues by the pools' numbers.
    public internal(set) var queued: [UInt32: Queue] = [:]
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
        self.init(run, filter: filter, stretches: Stretches(run, filter: filter), columns: columns)
    }

    /// How busy workers were, and how many tasks started on each: rows of one column and level, without queues.
    public static func loads(of run: Run, filter: TaskFilter.Bound) -> [Row] {
        let stretches = Stretches(run, filter: filter, findsLevels: false)
        var timeline = Timeline(
            rows: run.workers.filter(filter.matches), stretches, from: filter.from, to: filter.to, columns: 1)
        timeline.add(run, stretches, filter) { body in for place in run.startOrder.indices where !body(place) { break }
        }
        return timeline.rows
    }

    init(_ run: Run, filter: TaskFilter.Bound, stretches: Stretches, columns: Int) {
        self.init(
            rows: run.workers.filter(filter.matches), stretches, from: filter.from, to: filter.to, columns: columns)
        add(run, stretches, filter) { body in for place in run.startOrder.indices where !body(place) { break } }
        addQueued(run, filter)
    }

    /// Empty columns for some workers: the caller adds the tasks.
    init(rows workers: some Sequence<Run.Worker>, _ stretches: Stretches, from: UInt64, to: UInt64, columns: Int) {
        self.columns = max(1, columns)
        self.from = from
        self.to = max(to, from &+ 1)
        columnTime = Double(self.to &- from) / Double(self.columns)
        columnsPerNanosecond = 1 / columnTime
        let blank = [Cell](repeating: Cell(), count: self.columns)
        rows = workers.map { worker in
            let depth = stretches.depth(of: worker.id)
            let levels = Array(repeating: blank, count: min(depth, Self.maximumLevels))
            return Row(worker: worker, levels: levels, depth: depth)
        }
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
    /// Adds tasks and segments of async tasks, by start.
    ///
    /// - Parameter forEachStart: Gives places among `run.startOrder`, in their order, while it is answered with true.
    mutating func add(
        _ run: Run, _ stretches: Stretches, _ filter: TaskFilter.Bound, forEachStart: (_ body: (Int) -> Bool) -> Void
    ) {
        var segment = 0
        forEachStart { start in
            let task = run.tasks.entries[Int(run.startOrder[start])]
            guard let started = task.started, started <= to else { return false }
            stretches.forEachSegment(from: &segment, before: started) { addSegment($0, run) }
            if filter.matches(task) { add(task, start, stretches, run) }
            return true
        }
        stretches.forEachSegment(from: &segment, before: to &+ 1) { addSegment($0, run) }
    }

    @inline(__always)
    private mutating func add(_ task: TaskEntry, _ start: Int, _ stretches: Stretches, _ run: Run) {
        let started = task.started ?? from
        guard let place = place(of: task.worker), max(started, task.ended ?? run.end) >= from else { return }
        let hasFailed = run.state(of: task) == .failed
        rows[place].tasks += 1
        if hasFailed { rows[place].failed += 1 }
        if let stretch = stretches.stretch(at: start) { return add(stretch, isStart: true, run, in: place) }
        // An async task that may have left the worker: its segments are added, as far as the trace has them.
        if started >= from { rows[place].levels[0][column(started)].starts &+= 1 }
        if hasFailed, let ended = task.ended, ended >= from, ended <= to,
            run.suspensions[task.number]?.segments.isEmpty ?? true
        {
            rows[place].levels[0][column(ended)].hasFailure = true
        }
    }

    private mutating func addSegment(_ segment: Stretches.Stretch, _ run: Run) {
        guard segment.end >= from, let place = place(of: segment.worker) else { return }
        add(segment, isStart: false, run, in: place)
    }

    private mutating func place(of worker: UInt32) -> Int? {
        if last?.worker != worker { last = places[worker].map { (worker, $0) } }
        return last?.place
    }

    private mutating func add(_ stretch: Stretches.Stretch, isStart: Bool, _ run: Run, in place: Int) {
        let level = min(Int(stretch.level), rows[place].levels.count - 1)
        let begin = max(stretch.start, from)
        let end = min(stretch.end, to)
        guard begin <= end else { return }
        if isStart, stretch.start >= from { rows[place].levels[level][column(stretch.start)].starts &+= 1 }
        let last = cover(
            from: begin, to: end, task: Int32(truncatingIfNeeded: stretch.task),
            offCPU: run.timeSplit(at: Int(stretch.task))?.offCPU ?? 0, level, in: place)
        if stretch.goesOn {
            markNotEnded(from: column(stretch.start), level, in: place)
        } else if stretch.isLast, stretch.end <= to, run.state(of: run.tasks.entries[Int(stretch.task)]) == .failed {
            rows[place].levels[level][last].hasFailure = true
        }
    }

    private mutating func markNotEnded(from first: Int, _ level: Int, in place: Int) {
        // Where one is marked, all behind it are.
        var column = first
        while column < columns, !rows[place].levels[level][column].isNotEnded {
            rows[place].levels[level][column].isNotEnded = true
            column += 1
        }
    }

    /// - Returns: The last column that it reaches into.
    private mutating func cover(
        from begin: UInt64, to end: UInt64, task: Int32, offCPU: Float, _ level: Int, in place: Int
    ) -> Int {
        if end > max(begin, covered[place]) { rows[place].busy &+= end - max(begin, covered[place]) }
        covered[place] = max(covered[place], end)
        let first = column(begin)
        var last = column(end)
        // An end on the boundary to the next column does not reach into it.
        if last > first, Double(last) * columnTime >= Double(end - from) { last -= 1 }
        for column in first...last {
            let columnStart = Double(column) * columnTime
            let low = max(columnStart, Double(begin - from))
            let high = min(columnStart + columnTime, Double(end - from))
            let part = Float(max(0, high - low) * columnsPerNanosecond)
            rows[place].levels[level][column].busy = min(1, rows[place].levels[level][column].busy + part)
            rows[place].levels[level][column].offCPU += part * offCPU
            let owner = rows[place].levels[level][column].task
            rows[place].levels[level][column].task = owner == Cell.none || owner == task ? task : Cell.several
        }
        return last
    }
}

// MARK: - Queues

extension Timeline {
    mutating func addQueued(_ run: Run, _ filter: TaskFilter.Bound) {
        var times: [UInt32: (joined: ContiguousArray<UInt64>, left: ContiguousArray<UInt64>)] = [:]
        let pools = Set(rows.map(\.worker.pool))
        for task in run.tasks.entries where !task.isMap {
            guard let submitted = task.submitted, submitted <= to, pools.contains(task.pool), filter.matches(task)
            else {
                continue
            }
            if run.state(of: task) == .overwritten { continue }
            let left = max(submitted, task.started ?? task.ended ?? UInt64.max)
            guard left >= from else { continue }
            times[task.pool, default: ([], [])].joined.append(submitted)
            times[task.pool, default: ([], [])].left.append(left)
        }
        for pool in pools {
            // One copy of them at a time: a run may have millions.
            guard var (joined, left) = times.removeValue(forKey: pool) else { continue }
            joined.sort()
            left.sort()
            queued[pool] = queue(joined: joined, left: left)
        }
    }

    /// What joins and leaves at the same moment has not waited.
    private func queue(joined: ContiguousArray<UInt64>, left: ContiguousArray<UInt64>) -> Queue {
        var queue = Queue(columns: Array(repeating: 0, count: columns))
        var (waiting, join, leave, filled) = (0, 0, 0, 0)
        while join < joined.count || leave < left.count {
            let time = min(join < joined.count ? joined[join] : .max, leave < left.count ? left[leave] : .max)
            if time > to { break }
            let column = column(time)
            // Up to here it is as long as it was before, the part of this column that is before included.
            let isFirst = time <= from || Double(column) * columnTime >= Double(time - from)
            while filled < column || filled == column && !isFirst {
                queue.columns[filled] = max(queue.columns[filled], waiting)
                filled += 1
            }
            while join < joined.count, joined[join] == time { (waiting, join) = (waiting + 1, join + 1) }
            while leave < left.count, left[leave] == time { (waiting, leave) = (waiting - 1, leave + 1) }
            queue.columns[column] = time < from ? 0 : max(queue.columns[column], waiting)
        }
        while filled < columns {
            queue.columns[filled] = max(queue.columns[filled], waiting)
            filled += 1
        }
        queue.most = queue.columns.max() ?? 0
        return queue
    }
}
