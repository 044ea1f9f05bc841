/// What makes timelines of any part of a run quickly: a run of millions of tasks is laid out once in fine columns, and
/// found by time.
///
/// A wide window adds fine columns up. A narrow one is laid out from its tasks, which stand in order of their starts;
/// blocks of them that all ended before the window are skipped. Either way a picture costs about as much as it has
/// tasks or fine columns in it.
public struct TimelineIndex: Sendable {
    /// The run.
    public let run: Run
    private let filter: TaskFilter.Bound
    private let stretches: Stretches
    /// The last end in each block of starts.
    private let blockEnds: ContiguousArray<UInt64>
    /// The whole run in fine columns; nil where it has so few tasks that they can be laid out each time.
    private let fine: Timeline?

    private static let block = 1024
    private static let farthest = 100_000
    private static let fewTasks = 50_000
    private static let fineColumns = 1 << 14
    private static let maximumFineCells = 1 << 20

    /// Makes the index of a run.
    public init(_ run: Run) {
        self.run = run
        filter = TaskFilter().bound(to: run)
        stretches = Stretches(run, filter: filter)
        let starts = run.startOrder
        blockEnds = ContiguousArray(
            stride(from: 0, to: starts.count, by: Self.block).map { first in
                starts[first..<min(first + Self.block, starts.count)].reduce(0) { latest, position in
                    max(latest, Self.end(of: run.tasks.entries[Int(position)], in: run))
                }
            })
        let levels = run.workers.reduce(0) { [stretches] in $0 + min(stretches.depth(of: $1.id), Timeline.maximumLevels)
        }
        let columns = min(Self.fineColumns, Self.maximumFineCells / max(1, levels))
        fine =
            run.tasks.entries.count > Self.fewTasks
            ? Timeline(run, filter: filter, stretches: stretches, columns: max(64, columns)) : nil
    }

    /// How many levels the timeline of a worker has: one, and one for each task inside another's wait, at most
    /// `Timeline.maximumLevels`.
    public func levels(of worker: Run.Worker) -> Int { min(stretches.depth(of: worker.id), Timeline.maximumLevels) }

    /// Whether a worker ran anything.
    public func isBusy(_ worker: Run.Worker) -> Bool { stretches.busyWorkers.contains(worker.id) }

    /// The timeline of a window, on the trace's clock, for some of the run's workers, by their places.
    public func timeline(from: UInt64, to: UInt64, columns: Int, workers: some Sequence<Int>) -> Timeline {
        let shown = workers.filter(run.workers.indices.contains)
        var timeline = Timeline(
            rows: shown.map { run.workers[$0] }, stretches, from: from, to: max(to, from), columns: columns)
        if let fine {
            let width = Double(max(1, timeline.to &- timeline.from)) / Double(max(1, fine.nanosecondsPerColumn))
            if width >= Double(2 * columns) {
                timeline.add(fine, rows: shown)
            } else {
                addTasks(to: &timeline)
            }
            timeline.sampleQueues(of: fine)
        } else {
            addTasks(to: &timeline)
            timeline.addQueued(run, filter)
        }
        return timeline
    }

    private func addTasks(to timeline: inout Timeline) {
        let (from, to) = (timeline.from, timeline.to)
        timeline.add(run, stretches, filter) { body in forEachStart(from: from, to: to, body) }
    }

    /// The positions of tasks that are on a worker's level in a window, at most `limit` of them.
    public func tasks(on worker: UInt32, level: Int, from: UInt64, to: UInt64, limit: Int) -> [UInt32] {
        var found: [UInt32] = []
        func take(_ stretch: Stretches.Stretch) {
            guard stretch.worker == worker, min(Int(stretch.level), Timeline.maximumLevels - 1) == level,
                stretch.start <= to, stretch.end >= from, found.count < limit, !found.contains(stretch.task)
            else { return }
            found.append(stretch.task)
        }
        forEachStart(from: from, to: to) { place in
            if let stretch = stretches.stretch(at: place) { take(stretch) }
            return found.count < limit
        }
        var segment = 0
        stretches.forEachSegment(from: &segment, before: to &+ 1, take)
        return found
    }

    /// The positions of tasks that run in a window, in the order of their starts, at most `limit` of them.
    public func tasks(from: UInt64, to: UInt64, limit: Int, where isWanted: (TaskEntry) -> Bool = { _ in true })
        -> [UInt32]
    {
        var found: [UInt32] = []
        forEachStart(from: from, to: to) { place in
            let position = run.startOrder[place]
            let task = run.tasks.entries[Int(position)]
            if Self.end(of: task, in: run) >= from, isWanted(task) { found.append(position) }
            return found.count < limit
        }
        return found
    }

    /// The worker and level that a task ended on, or is on; `nil` where no worker ran it.
    public func place(of position: UInt32) -> (worker: UInt32, level: Int)? {
        let task = run.tasks.entries[Int(position)]
        var last: Stretches.Stretch?
        if task.wasSuspended {
            var segment = 0
            stretches.forEachSegment(from: &segment, before: .max) { if $0.task == position { last = $0 } }
        } else {
            last = start(of: position).flatMap { stretches.stretch(at: $0) }
        }
        return last.map { ($0.worker, min(Int($0.level), Timeline.maximumLevels - 1)) }
    }

    /// The tasks that its worker started before and after a task, if they are not too far away in the order of starts.
    public func neighbours(of position: UInt32) -> (before: UInt32?, after: UInt32?) {
        let task = run.tasks.entries[Int(position)]
        let starts = run.startOrder
        guard let place = start(of: position) else { return (nil, nil) }
        func isOnWorker(_ position: UInt32) -> Bool { run.tasks.entries[Int(position)].worker == task.worker }
        return (
            starts[max(0, place - Self.farthest)..<place].last(where: isOnWorker),
            starts[(place + 1)..<min(starts.count, place + 1 + Self.farthest)].first(where: isOnWorker)
        )
    }

    /// A task's place among the starts.
    private func start(of position: UInt32) -> Int? {
        let task = run.tasks.entries[Int(position)]
        let starts = run.startOrder
        func start(_ place: Int) -> UInt64 { run.tasks.entries[Int(starts[place])].started ?? 0 }
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if start(middle) < task.started ?? 0 { low = middle + 1 } else { high = middle }
        }
        // Several may have started at once.
        return starts[low...].prefix(Self.block).firstIndex(of: position)
    }

    /// Goes over the places of starts until the window's end, without blocks that ended before it.
    private func forEachStart(from: UInt64, to: UInt64, _ body: (Int) -> Bool) {
        let starts = run.startOrder
        for (number, end) in blockEnds.enumerated() where end >= from {
            for place in number * Self.block..<min((number + 1) * Self.block, starts.count) {
                guard run.tasks.entries[Int(starts[place])].started ?? 0 <= to, body(place) else { return }
            }
        }
    }

    private static func end(of task: TaskEntry, in run: Run) -> UInt64 {
        max(task.started ?? 0, task.ended ?? run.end)
    }
}

// MARK: - Adding up

extension Timeline {
    /// Adds the columns of a finer timeline up; `places` are those of this one's rows in it.
    fileprivate mutating func add(_ fine: Timeline, rows places: [Int]) {
        guard let first = fine.rows.first?.cells.count, first > 0 else { return }
        for (row, place) in zip(rows.indices, places) where fine.rows.indices.contains(place) {
            for (level, cells) in fine.rows[place].levels.enumerated() {
                for column in rows[row].levels[level].indices {
                    let range = fineColumns(of: column, in: fine, count: cells.count)
                    var cell = Cell()
                    for fineCell in cells[range] { cell.add(fineCell) }
                    rows[row].tasks += Int(cell.starts)
                    if level == 0 {
                        rows[row].busy &+= UInt64(Double(cell.busy) * Double(fine.nanosecondsPerColumn))
                    }
                    cell.busy = min(1, cell.busy / Float(max(1, range.count)))
                    cell.offCPU /= Float(max(1, range.count))
                    rows[row].levels[level][column] = cell
                }
            }
        }
    }

    /// Takes the lengths of queues from a timeline of the whole run.
    fileprivate mutating func sampleQueues(of fine: Timeline) {
        let pools = Set(rows.map(\.worker.pool))
        guard let columns = rows.first?.cells.count else { return }
        for (pool, queue) in fine.queued where pools.contains(pool) {
            let lengths = (0..<columns).map { column in
                queue.columns[fineColumns(of: column, in: fine, count: queue.columns.count)].max() ?? 0
            }
            queued[pool] = Queue(columns: lengths, most: lengths.max() ?? 0)
        }
    }

    private func fineColumns(of column: Int, in fine: Timeline, count: Int) -> Range<Int> {
        guard count > 0, let columns = rows.first?.cells.count else { return 0..<0 }
        let scale = Double(count) / Double(fine.to &- fine.from)
        let time = Double(to &- from) / Double(columns)
        let begin = from > fine.from ? Double(from &- fine.from) : 0
        let low = min(count - 1, max(0, Int((begin + Double(column) * time) * scale)))
        let high = min(count, max(low + 1, Int((begin + Double(column + 1) * time) * scale)))
        return low..<high
    }
}

extension Timeline.Cell {
    fileprivate mutating func add(_ other: Timeline.Cell) {
        busy += other.busy
        offCPU += other.offCPU
        hasFailure = hasFailure || other.hasFailure
        isNotEnded = isNotEnded || other.isNotEnded
        starts &+= other.starts
        if task == Self.none {
            task = other.task
        } else if other.task != Self.none, other.task != task {
            task = Self.several
        }
    }
}
