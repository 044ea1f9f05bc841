/// The chain of tasks and waits that bound a run's makespan, and what shortening its parts would gain.
public struct CriticalPath: Sendable {
    /// A part of the chain; each begins where the one before ends.
    public struct Segment: Sendable, Equatable {
        /// What went on.
        public enum Kind: String, Sendable {
            /// The task ran, or main did.
            case run
            /// The task had been submitted, a worker was free, and it had not started yet.
            case handover
            /// The task had failed, and its worker made the report.
            case report
            /// What the task waited for had ended, and it had not gone on yet.
            case wakeup
            /// The task waited, or was suspended, for something that the trace does not have.
            case wait
        }

        /// What went on.
        public let kind: Kind
        /// The number of the task, or of main or another root.
        public let task: UInt64
        /// When it began, in nanoseconds on the trace's clock.
        public internal(set) var start: UInt64
        /// When it ended.
        public let end: UInt64
        /// Where the time of a task that ran went; `nil` where that was not measured, and of other kinds.
        public internal(set) var split: TimeSplit?
        /// How long it was, in nanoseconds.
        public var length: UInt64 { end - start }
    }

    /// A part of the run, and what it is worth to shorten it.
    public struct Part<Subject: Sendable>: Sendable {
        /// What it is.
        public let subject: Subject
        /// How many tasks of it are in the chain.
        public internal(set) var tasks: Int
        /// How long it is in the chain, in nanoseconds.
        public internal(set) var onPath: UInt64
        /// By how much earlier the last task would end if all of it took no time, in nanoseconds: then another chain is
        /// the longest.
        public internal(set) var gain: UInt64
    }

    /// The chain, from the first submission to the last end; empty where no task ended.
    public let segments: [Segment]
    /// When the first task was submitted, in nanoseconds on the trace's clock.
    public let start: UInt64
    /// When the last task ended.
    public let end: UInt64
    /// By name, those first that have most of the chain.
    public let names: [Part<TaskTimes.Group>]
    /// By task, and root; those first that have most of the chain.
    public let tasks: [Part<UInt64>]
    /// By how much earlier the last task would end with a worker for each task, in nanoseconds.
    public let gainOfWorkers: UInt64
    /// By how much earlier it would end if nothing took time to be handed over or woken up, in nanoseconds.
    public let gainOfHandover: UInt64

    /// From the first submission to the last end, in nanoseconds.
    public var makespan: UInt64 { end - start }

    /// Where the time of all tasks went that ran, as far as it was measured.
    public var split: TimeSplit {
        segments.reduce(into: TimeSplit()) { sum, segment in if let split = segment.split { sum += split } }
    }

    /// The time of all segments of a kind, in nanoseconds.
    public func time(of kind: Segment.Kind) -> UInt64 {
        segments.reduce(0) { $0 &+ ($1.kind == kind ? $1.length : 0) }
    }

    /// Of more names and tasks the gain is not asked for: each costs a pass over the run.
    public static let maximumParts = 8

    /// Finds the chain.
    public init(_ run: Run) {
        let graph = ExecutionGraph(run)
        let last = graph.moments.lastIndex { $0.kind == .end }
        let first = graph.moments.first { $0.kind == .submit || $0.kind == .start }?.time ?? 0
        end = last.map { graph.moments[$0].time } ?? first
        start = min(first, end)
        segments = Self.measured(last.map { Self.chain(graph, from: $0, to: first) } ?? [], run)
        guard !segments.isEmpty else {
            (names, tasks, gainOfWorkers, gainOfHandover) = ([], [], 0, 0)
            return
        }
        let end = end
        func gain(_ change: (inout ExecutionGraph.Change) -> Void) -> UInt64 {
            var changed = ExecutionGraph.Change(shortened: ContiguousArray(repeating: false, count: graph.owners))
            change(&changed)
            let other = graph.end(with: changed)
            return end > other ? end - other : 0
        }
        gainOfWorkers = gain { $0.hasWorkersForAll = true }
        gainOfHandover = gain { $0.handsOverAtOnce = true }
        tasks = Self.longest(segments, graph).map { owner, onPath in
            Part(
                subject: graph.number(of: owner), tasks: 1, onPath: onPath,
                gain: gain { $0.shortened[Int(owner)] = true })
        }
        names = Self.names(segments, run).map { part in
            var (part, groups) = (part, NameGroups(run))
            part.gain = gain { change in
                for (position, task) in run.tasks.entries.enumerated() where task.started != nil {
                    change.shortened[position] = groups.group(of: task) == part.subject
                }
            }
            return part
        }
    }
}

// MARK: - Finding

extension CriticalPath {
    private static func measured(_ segments: [Segment], _ run: Run) -> [Segment] {
        guard run.hasTimeSplits else { return segments }
        let stretches = TaskStretches(run, of: Set(segments.map(\.task)))
        return segments.map { segment in
            guard segment.kind == .run else { return segment }
            var segment = segment
            segment.split = stretches.split(of: segment.task, from: segment.start, to: segment.end)
            return segment
        }
    }

    /// Goes back from a moment, each time to what it had to wait for last.
    private static func chain(_ graph: ExecutionGraph, from last: Int, to first: UInt64) -> [Segment] {
        var segments: [Segment] = []
        var place = last
        func add(_ kind: Segment.Kind, _ owner: UInt32, from begin: UInt64, to end: UInt64) {
            let begin = max(begin, first)
            guard end > begin else { return }
            let task = graph.number(of: owner)
            if let next = segments.indices.last, segments[next].kind == kind, segments[next].task == task {
                segments[next].start = begin
            } else {
                segments.append(Segment(kind: kind, task: task, start: begin, end: end))
            }
        }
        // Each step goes to an earlier place, as what is waited for is, or to an equal time: then at most through all
        // of them.
        for _ in graph.moments {
            let moment = graph.moments[place]
            guard moment.time > first else { break }
            var next = graph.previous[place]
            var kind = Segment.Kind.run
            switch moment.kind {
            case .submit, .waitStart, .suspend, .end: break
            case .report: kind = .report
            case .start:
                next = later(graph, graph.submission[place], graph.other[place])
                kind = .handover
            case .waitEnd, .resume:
                kind = graph.other[place] >= 0 ? .wakeup : .wait
                next = later(graph, next, graph.other[place])
            }
            add(kind, moment.owner, from: next >= 0 ? graph.moments[Int(next)].time : first, to: moment.time)
            guard next >= 0 else { break }
            place = Int(next)
        }
        segments.reverse()
        return segments
    }

    private static func later(_ graph: ExecutionGraph, _ left: Int32, _ right: Int32) -> Int32 {
        guard left >= 0, right >= 0 else { return max(left, right) }
        return graph.moments[Int(right)].time > graph.moments[Int(left)].time ? right : left
    }

    /// The tasks and roots that have most of the chain's own time, and how much.
    private static func longest(_ segments: [Segment], _ graph: ExecutionGraph) -> [(owner: UInt32, onPath: UInt64)] {
        var times = ContiguousArray<UInt64>(repeating: 0, count: graph.owners)
        for segment in segments where segment.kind == .run {
            if let owner = graph.knownOwner(of: segment.task) { times[Int(owner)] &+= segment.length }
        }
        var longest: [(owner: UInt32, onPath: UInt64)] = []
        for (owner, time) in times.enumerated() where time > 0 {
            if longest.count == maximumParts, let least = longest.last, least.onPath >= time { continue }
            let place = longest.firstIndex { $0.onPath < time } ?? longest.count
            longest.insert((UInt32(truncatingIfNeeded: owner), time), at: place)
            if longest.count > maximumParts { longest.removeLast() }
        }
        return longest
    }

    /// The names that have most of the chain's own time.
    private static func names(_ segments: [Segment], _ run: Run) -> [Part<TaskTimes.Group>] {
        var groups = NameGroups(run)
        var parts: [TaskTimes.Group: Part<TaskTimes.Group>] = [:]
        var seen = ContiguousArray(repeating: false, count: run.tasks.entries.count)
        for segment in segments where segment.kind == .run {
            guard let position = run.tasks.position(of: segment.task) else { continue }
            let task = run.tasks.entries[position]
            guard task.started != nil else { continue }
            let group = groups.group(of: task)
            var part = parts[group] ?? Part(subject: group, tasks: 0, onPath: 0, gain: 0)
            part.onPath &+= segment.length
            if !seen[position] { part.tasks += 1 }
            seen[position] = true
            parts[group] = part
        }
        return Array(parts.values.sorted { $0.onPath > $1.onPath }.prefix(maximumParts))
    }
}
