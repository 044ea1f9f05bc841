public import PoolSchedule

/// How the tasks of a parallel run, which ran beside each other, are put one behind the other.
public enum Linearization: Sendable, Hashable {
    /// By their starts.
    case starts
    /// By their ends.
    case ends
    /// At random, where they ran at the same time; a task that ended before another started stays before it.
    case random(seed: UInt64)

    /// In words: `by their starts`, `by their ends`, `at random (3)`.
    public var description: String {
        switch self {
        case .starts: "by their starts"
        case .ends: "by their ends"
        case .random(let seed): "at random (\(seed))"
        }
    }
}

extension Run {
    /// The program's name, without its directories.
    public var programName: String {
        process.flatMap { $0.executable.split(separator: "/").last.map(String.init) } ?? ""
    }

    /// What the parts of tasks were in a serial run: it says so of those of waits, and has points if any went on with
    /// what had just run.
    private var granularity: Schedule.Granularity {
        if let first = steps.first, first.arrival & Schedule.Step.betweenWaits != 0 { return .waits }
        return steps.contains { $0.arrival >> 63 == 1 } ? .points : .tasks
    }

    /// The steps of a serial run, as it did them.
    public var scheduleSteps: [Schedule.Step] {
        var segments: [UInt64: UInt32] = [:]
        return steps.map { step in
            let arrival = step.arrival & ~Schedule.Step.betweenWaits
            if let wait = step.wait {
                return Schedule.Step(part: TaskPart(task: step.task, segment: wait), arrival: arrival)
            }
            let segment = step.segment ?? segments[step.task, default: 0]
            segments[step.task] = segment &+ 1
            return Schedule.Step(part: TaskPart(task: step.task, segment: segment), arrival: arrival)
        }
    }

    /// The delays that make first in, first out do what this serial run did.
    ///
    /// What it left waiting when it ended, or hung, waits for its last step.
    public var scheduleDelays: [Schedule.Delay] {
        let steps = scheduleSteps
        guard let last = steps.last else { return [] }
        let waiting = tasks.entries.filter { $0.isShown && $0.submitted != nil && $0.started == nil && $0.ended == nil }
        return Schedule.delays(of: steps)
            + waiting.map { Schedule.Delay(TaskPart(task: $0.number), until: last.part) }
    }

    /// The order of a serial run.
    public func schedule(origin: String, failure: String = "") -> Schedule {
        schedule(.steps(scheduleSteps.map(\.part)), origin: origin, failure: failure)
    }

    /// An order for the tasks of a parallel run in which they could have run one after the other, each from one of its
    /// waits to the next.
    public func schedule(_ linearization: Linearization, failure: String = "") -> Schedule {
        let intervals = intervals
        let order: [TaskPart]
        switch linearization {
        case .starts: order = intervals.map(\.part)
        case .ends: order = intervals.sorted { ($0.end, $0.start) < ($1.end, $1.start) }.map(\.part)
        case .random(let seed): order = Self.extended(intervals, seed: seed)
        }
        let origin = "the tasks of a parallel run \(linearization.description)"
        var schedule = schedule(.steps(order), origin: origin, failure: failure)
        if intervals.contains(where: \.isAfterWait) { schedule.granularity = .waits }
        return schedule
    }

    /// A schedule of this run's program, with the tasks that an order speaks of.
    public func schedule(_ order: Schedule.Order, origin: String, failure: String = "") -> Schedule {
        var numbers: [UInt64] = []
        var seen: Set<UInt64> = []
        func note(_ part: TaskPart) {
            if seen.insert(part.task).inserted { numbers.append(part.task) }
        }
        switch order {
        case .steps(let steps): for step in steps { note(step) }
        case .delays(let delays):
            for delay in delays {
                note(delay.delayed)
                note(delay.until)
            }
        }
        let tasks = numbers.map { number in
            if isThread(number) {
                return Schedule.Task(
                    number: number, path: path(ofTask: number), site: nil, name: nil, isThread: true)
            }
            let entry = self.tasks.position(of: number).map { self.tasks.entries[$0] }
            return Schedule.Task(
                number: number, path: path(ofTask: number), site: entry.flatMap { site(of: $0) },
                name: entry.flatMap { name(of: $0) })
        }
        let program = Schedule.Program(
            name: programName, buildID: process?.buildID ?? "", command: process?.arguments ?? "")
        var schedule = Schedule(program: program, origin: origin, failure: failure, tasks: tasks, order: order)
        schedule.granularity = granularity
        return schedule
    }

    // MARK: Intervals

    private struct Interval {
        let part: TaskPart
        let start: UInt64
        let end: UInt64
        /// Whether a task went on there that is not async.
        var isAfterWait = false
    }

    /// When each part of each task ran, by start.
    private var intervals: [Interval] {
        var intervals: [Interval] = []
        let waits = waitsOfTasks
        for task in tasks.entries where task.isShown {
            guard let start = task.started else { continue }
            let end = task.ended ?? UInt64.max
            if task.wasSuspended, let segments = suspensions[task.number]?.segments {
                for (number, segment) in segments.enumerated() {
                    let part = TaskPart(task: task.number, segment: UInt32(truncatingIfNeeded: number))
                    intervals.append(Interval(part: part, start: segment.start, end: segment.end))
                }
            } else {
                intervals += Self.intervals(of: task.number, from: start, to: end, between: waits[task.number] ?? [])
            }
        }
        return (intervals + intervalsOfThreads).sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// The waits of each task, not of the threads outside the pools.
    private var waitsOfTasks: [UInt64: [Wait]] {
        var waits: [UInt64: [Wait]] = [:]
        for wait in self.waits where !isThread(wait.task) { waits[wait.task, default: []].append(wait) }
        return waits
    }

    /// When a task that is not async ran: up to its first wait, from there to the next, and so on.
    private static func intervals(
        of task: UInt64, from start: UInt64, to end: UInt64, between waits: [Wait]
    ) -> [Interval] {
        let starts = [start] + waits.compactMap(\.ended).sorted()
        let ends = waits.map(\.start).sorted() + [end]
        return zip(starts, ends).enumerated().map { number, times in
            Interval(
                part: TaskPart(task: task, segment: UInt32(truncatingIfNeeded: number)), start: times.0,
                end: max(times.0, times.1), isAfterWait: number > 0)
        }
    }

    /// When each thread outside the pools went on after each of its waits: from the wait's end to what it next is known
    /// to have done, a submission or another wait.
    private var intervalsOfThreads: [Interval] {
        var known: [UInt64: [UInt64]] = [:]
        var ends: [UInt64: [UInt64]] = [:]
        for wait in waits where isThread(wait.task) {
            known[wait.task, default: []].append(wait.start)
            if let end = wait.ended { ends[wait.task, default: []].append(end) }
        }
        for task in tasks.entries {
            if let submitted = task.submitted, ends[task.parent] != nil { known[task.parent]?.append(submitted) }
        }
        return ends.flatMap { root, ends in
            let known = (known[root] ?? []).sorted()
            var next = 0
            return ends.sorted().enumerated().map { number, end in
                while next < known.count, known[next] < end { next += 1 }
                return Interval(
                    part: TaskPart(task: root, segment: UInt32(truncatingIfNeeded: number)), start: end,
                    end: next < known.count ? known[next] : .max)
            }
        }
    }

    /// A random linear extension: of those that no other left wholly precedes, one at random, and so on.
    private static func extended(_ intervals: [Interval], seed: UInt64) -> [TaskPart] {
        var generator = SplitMix64(seed: seed)
        var rest = intervals[...]
        var candidates: [Interval] = []
        var order: [TaskPart] = []
        while !rest.isEmpty || !candidates.isEmpty {
            var end = candidates.map(\.end).min() ?? .max
            while let next = rest.first, candidates.isEmpty || next.start <= end {
                candidates.append(next)
                end = min(end, next.end)
                rest = rest.dropFirst()
            }
            // What starts after the earliest end among them is no candidate yet, nor is what its own task did later.
            var tasks: Set<UInt64> = []
            let eligible = candidates.indices.filter {
                candidates[$0].start <= end && tasks.insert(candidates[$0].part.task).inserted
            }
            order.append(candidates.remove(at: eligible[Int(generator.next() % UInt64(eligible.count))]).part)
        }
        return order
    }
}
