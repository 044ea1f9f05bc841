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
        let starts = run.startOrder
        blockEnds = ContiguousArray(
            stride(from: 0, to: starts.count, by: Self.block).map { first in
                starts[first..<min(first + Self.block, starts.count)].reduce(0) { latest, position in
                    max(latest, Self.end(of: run.tasks.entries[Int(position)], in: run))
                }
            })
        let columns = min(Self.fineColumns, Self.maximumFineCells / max(1, run.workers.count))
        fine =
            run.tasks.entries.count > Self.fewTasks
            ? Timeline(run, filter: filter, columns: max(64, columns)) : nil
    }

    /// The timeline of a window, on the trace's clock, for some of the run's workers.
    public func timeline(from: UInt64, to: UInt64, columns: Int, workers: Range<Int>) -> Timeline {
        let shown = run.workers[workers.clamped(to: run.workers.indices)]
        var timeline = Timeline(rows: shown, from: from, to: max(to, from), columns: columns)
        if let fine {
            let width = Double(max(1, timeline.to &- timeline.from)) / Double(max(1, fine.nanosecondsPerColumn))
            if width >= Double(2 * columns) {
                timeline.add(fine, rows: shown.indices)
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
        forEachStart(from: timeline.from, to: timeline.to) { position in
            timeline.addRunning(position, run, filter)
            return true
        }
        timeline.addSegments(run, filter)
    }

    /// The positions of tasks that run in a window, in the order of their starts, at most `limit` of them.
    public func tasks(from: UInt64, to: UInt64, limit: Int, where isWanted: (TaskEntry) -> Bool = { _ in true })
        -> [UInt32]
    {
        var found: [UInt32] = []
        forEachStart(from: from, to: to) { position in
            let task = run.tasks.entries[Int(position)]
            if Self.end(of: task, in: run) >= from, isWanted(task) { found.append(position) }
            return found.count < limit
        }
        return found
    }

    /// The tasks that its worker started before and after a task, if they are not too far away in the order of starts.
    public func neighbours(of position: UInt32) -> (before: UInt32?, after: UInt32?) {
        let task = run.tasks.entries[Int(position)]
        let starts = run.startOrder
        func start(_ place: Int) -> UInt64 { run.tasks.entries[Int(starts[place])].started ?? 0 }
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if start(middle) < task.started ?? 0 { low = middle + 1 } else { high = middle }
        }
        // Several may have started at once.
        guard let place = starts[low...].prefix(Self.block).firstIndex(of: position) else { return (nil, nil) }
        func isOnWorker(_ position: UInt32) -> Bool { run.tasks.entries[Int(position)].worker == task.worker }
        return (
            starts[max(0, place - Self.farthest)..<place].last(where: isOnWorker),
            starts[(place + 1)..<min(starts.count, place + 1 + Self.farthest)].first(where: isOnWorker)
        )
    }

    /// Goes over the starts until the window's end, without blocks that ended before it.
    private func forEachStart(from: UInt64, to: UInt64, _ body: (UInt32) -> Bool) {
        let starts = run.startOrder
        for (number, end) in blockEnds.enumerated() where end >= from {
            for place in number * Self.block..<min((number + 1) * Self.block, starts.count) {
                let position = starts[place]
                guard run.tasks.entries[Int(position)].started ?? 0 <= to else { return }
                guard body(position) else { return }
            }
        }
    }

    private static func end(of task: TaskEntry, in run: Run) -> UInt64 {
        max(task.started ?? 0, task.ended ?? run.end)
    }
}

// MARK: - Adding up

extension Timeline {
    /// Adds the columns of a finer timeline up; `rows` are the places of this one's rows in it.
    fileprivate mutating func add(_ fine: Timeline, rows places: Range<Int>) {
        guard let first = fine.rows.first?.cells.count, first > 0 else { return }
        for (row, place) in zip(rows.indices, places) where fine.rows.indices.contains(place) {
            let cells = fine.rows[place].cells
            for column in rows[row].cells.indices {
                let range = fineColumns(of: column, in: fine, count: cells.count)
                var cell = Cell()
                for fineCell in cells[range] { cell.add(fineCell) }
                rows[row].tasks += Int(cell.starts)
                rows[row].busy &+= UInt64(Double(cell.busy) * Double(fine.nanosecondsPerColumn))
                cell.busy = min(1, cell.busy / Float(max(1, range.count)))
                rows[row].cells[column] = cell
            }
        }
    }

    /// Takes the lengths of queues from a timeline of the whole run.
    fileprivate mutating func sampleQueues(of fine: Timeline) {
        let pools = Set(rows.map(\.worker.pool))
        guard let columns = rows.first?.cells.count else { return }
        for (pool, lengths) in fine.queued where pools.contains(pool) {
            queued[pool] = (0..<columns).map { column in
                lengths[fineColumns(of: column, in: fine, count: lengths.count)].max() ?? 0
            }
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
