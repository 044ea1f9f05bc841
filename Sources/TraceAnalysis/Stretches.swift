/// The times in which tasks were on workers: a task's whole time, or each segment of an async task that was suspended.
///
/// A task that runs inside another's wait is one level deeper than that. So no two of one level and worker overlap,
/// also where a damaged trace has tasks that overlap without one being inside the other.
struct Stretches: Sendable {
    /// One of them.
    struct Stretch: Sendable {
        /// The task's position.
        let task: UInt32
        /// The worker, by its number in the process.
        let worker: UInt32
        let start: UInt64
        /// Not before `start`; the run's end for a task that did not end.
        let end: UInt64
        /// Whether the task has no later one.
        let isLast: Bool
        /// Whether the task goes on behind it, as far as the trace tells.
        let goesOn: Bool
        /// How many others on this worker it is inside of, at most `maximumLevel`.
        fileprivate(set) var level: UInt8 = 0
    }

    /// No stretch is said to be deeper: a damaged trace may have millions of tasks without ends.
    static let maximumLevel = 254

    private let run: Run
    /// The level of each of `run.startOrder`; empty where no task is inside another.
    private var levels: ContiguousArray<UInt8> = []
    /// Those of async tasks, by start.
    private var segments: ContiguousArray<Stretch> = []
    /// How many levels the workers have, by their numbers; those that are missing have one.
    private var depths: [UInt32: Int] = [:]
    /// The workers that ran anything.
    private(set) var busyWorkers: Set<UInt32> = []

    /// Looks through a run, without the tasks that the filter does not let pass.
    ///
    /// - Parameter findsLevels: Otherwise all are on the first level.
    init(_ run: Run, filter: TaskFilter.Bound, findsLevels: Bool = true) {
        self.run = run
        for (number, suspensions) in run.suspensions {
            guard let position = run.tasks.position(of: number), filter.matches(run.tasks.entries[position]) else {
                continue
            }
            let last = suspensions.segments.count - 1
            for (place, segment) in suspensions.segments.enumerated() {
                segments.append(
                    Stretch(
                        task: UInt32(truncatingIfNeeded: position), worker: segment.worker, start: segment.start,
                        end: segment.end, isLast: place == last, goesOn: place == last && suspensions.goesOn))
            }
        }
        segments.sort { ($0.start, $0.task) < ($1.start, $1.task) }
        if findsLevels { findLevels(filter) }
    }

    /// How many levels a worker has, at least one.
    func depth(of worker: UInt32) -> Int { depths[worker] ?? 1 }

    /// The stretch of a task that was not suspended, by its place among `run.startOrder`.
    func stretch(at place: Int) -> Stretch? {
        guard var stretch = stretch(of: run.startOrder[place]) else { return nil }
        if place < levels.count { stretch.level = levels[place] }
        return stretch
    }

    /// Calls `body` for the segments of async tasks from a place on, by start, which start before a time; moves the
    /// place behind them.
    func forEachSegment(from place: inout Int, before time: UInt64, _ body: (Stretch) -> Void) {
        while place < segments.count, segments[place].start < time {
            body(segments[place])
            place += 1
        }
    }

    private func stretch(of position: UInt32) -> Stretch? {
        let task = run.tasks.entries[Int(position)]
        guard let started = task.started, !task.wasSuspended else { return nil }
        return Stretch(
            task: position, worker: task.worker, start: started, end: max(started, task.ended ?? run.end),
            isLast: true, goesOn: task.ended == nil)
    }

    // MARK: Levels

    private mutating func findLevels(_ filter: TaskFilter.Bound) {
        var nesting = Nesting()
        var next = 0
        for (place, position) in run.startOrder.enumerated() {
            guard filter.matches(run.tasks.entries[Int(position)]), let stretch = stretch(of: position) else {
                continue
            }
            while next < segments.count, segments[next].start < stretch.start {
                segments[next].level = nesting.add(segments[next])
                next += 1
            }
            let level = nesting.add(stretch)
            guard level > 0 else { continue }
            if levels.isEmpty { levels = ContiguousArray(repeating: 0, count: run.startOrder.count) }
            levels[place] = level
        }
        for place in next..<segments.count { segments[place].level = nesting.add(segments[place]) }
        for (worker, depth) in nesting.depths {
            busyWorkers.insert(worker)
            if depth > 1 { depths[worker] = depth }
        }
    }

    /// What is open on each worker, as stretches come by start.
    private struct Nesting {
        private var places: [UInt32: Int] = [:]
        private var ends: [(open: [UInt64], depth: Int)] = []
        private var last: (worker: UInt32, place: Int)?

        mutating func add(_ stretch: Stretch) -> UInt8 {
            let place = place(of: stretch.worker)
            while let end = ends[place].open.last, end <= stretch.start { ends[place].open.removeLast() }
            let level = ends[place].open.count
            if level < Stretches.maximumLevel { ends[place].open.append(stretch.end) }
            ends[place].depth = max(ends[place].depth, level + 1)
            return UInt8(level)
        }

        private mutating func place(of worker: UInt32) -> Int {
            if let last, last.worker == worker { return last.place }
            let place = places[worker] ?? ends.count
            if place == ends.count {
                places[worker] = place
                ends.append(([], 0))
            }
            last = (worker, place)
            return place
        }

        var depths: [(UInt32, Int)] { places.map { ($0.key, ends[$0.value].depth) } }
    }
}
