/// The moments of a run, and what each of them had to wait for.
///
/// A moment is a task's submission, start or end, the report of its failure, the begin or end of a wait, or a
/// suspension or resumption. Each comes after
///
/// - the moment before it in the same task (or in main, or another thread outside of the pools): the time between is
///   the task's own;
/// - for a start: the submission, and the end, or the report, of the task that held the worker before, or, on a waiting
///   task's stack, that task's wait;
/// - for the end of a wait: the end of what was awaited; for a resumption: the end of the child that ended last in the
///   suspension.
///
/// What is between the later of those and the moment is the cost of handing over. Every moment's time follows from
/// these rules exactly, so other times follow for what would have taken less, with the same tasks on the same workers
/// in the same order.
struct ExecutionGraph {
    enum Kind: UInt8 {
        // By their order where times are equal: a task's start is its first moment, its end the last.
        case start, waitEnd, resume, submit, waitStart, suspend, end, report
    }

    struct Moment {
        let time: UInt64
        /// In whose time it is: a task by its position, or a root behind all tasks.
        let owner: UInt32
        /// The kind in the lowest three bits, above them the subject: with both apart a moment would take half as much
        /// again.
        private let packed: UInt32

        init(time: UInt64, kind: Kind, owner: UInt32, subject: UInt32) {
            self.time = time
            self.owner = owner
            packed = subject << 3 | UInt32(kind.rawValue)
        }

        /// What it is.
        var kind: Kind { Kind(rawValue: UInt8(packed & 7)) ?? .end }
        /// The task that it is about, by its position; for the begin or end of a wait, the wait: of both less than 2^29
        /// have room here.
        var subject: UInt32 { packed >> 3 }
    }

    static let none: Int32 = -1

    private(set) var moments: ContiguousArray<Moment> = []
    /// The moment before, in the same owner.
    private(set) var previous: ContiguousArray<Int32> = []
    /// The other moment that it had to wait for: for a start the worker's.
    private(set) var other: ContiguousArray<Int32> = []
    /// For starts: the submission.
    private(set) var submission: ContiguousArray<Int32> = []
    /// A wait for many goes on after whichever ends last, with a change too.
    ///
    /// For ends: the group that a task belongs to, of the elements of a map or the children of a suspended task; for
    /// ends of waits and resumptions: the group whose ends they come after.
    private(set) var group: ContiguousArray<Int32> = []
    private var groups: [UInt64: Int32] = [:]
    /// The numbers of the owners behind the tasks.
    private(set) var roots: [UInt64] = []
    let run: Run
    private var rootPlaces: [UInt64: UInt32] = [:]

    init(_ run: Run) {
        self.run = run
        collect()
        moments.sort { $0.time != $1.time ? $0.time < $1.time : $0.kind.rawValue < $1.kind.rawValue }
        link()
    }

    /// How many owners there are.
    var owners: Int { run.tasks.entries.count + roots.count }

    /// The number of a task, or root.
    func number(of owner: UInt32) -> UInt64 {
        let tasks = run.tasks.entries.count
        return Int(owner) < tasks ? run.tasks.entries[Int(owner)].number : roots[Int(owner) - tasks]
    }
}

extension ExecutionGraph {
    /// The owner of a number, if there is one: the inverse of `number(of:)`.
    func knownOwner(of number: UInt64) -> UInt32? {
        run.tasks.position(of: number).map { UInt32(truncatingIfNeeded: $0) } ?? rootPlaces[number]
    }
}

// MARK: - Making

extension ExecutionGraph {
    private mutating func owner(of number: UInt64) -> UInt32 {
        if let position = run.tasks.position(of: number) {
            let task = run.tasks.entries[position]
            if task.started != nil { return UInt32(position) }
            if task.isMap, task.parent != number { return owner(ofSubmitter: task.parent) }
        }
        return owner(ofRoot: number)
    }

    /// The one that submitted a map; a map of a map is nobody's.
    private mutating func owner(ofSubmitter number: UInt64) -> UInt32 {
        if let position = run.tasks.position(of: number), run.tasks.entries[position].started != nil {
            return UInt32(position)
        }
        return owner(ofRoot: number)
    }

    private mutating func owner(ofRoot number: UInt64) -> UInt32 {
        if let known = rootPlaces[number] { return known }
        let place = UInt32(run.tasks.entries.count + roots.count)
        roots.append(number)
        rootPlaces[number] = place
        return place
    }

    private mutating func collect() {
        moments.reserveCapacity(3 * run.tasks.entries.count + 2 * run.waits.count)
        var last: (number: UInt64, owner: UInt32)?
        for (place, task) in run.tasks.entries.enumerated() where task.isShown {
            let position = UInt32(truncatingIfNeeded: place)
            if let submitted = task.submitted {
                if last?.number != task.parent { last = (task.parent, owner(of: task.parent)) }
                // Stamps of two threads are not ordered with what the threads did.
                let time = min(submitted, task.started ?? submitted)
                if let last { add(time, .submit, last.owner, position) }
            }
            guard let started = task.started else { continue }
            add(started, .start, position, position)
            if let ended = task.ended { add(max(started, ended), .end, position, position) }
            if task.ended != nil, let explained = run.explanations[task.number], explained > started {
                add(explained, .report, position, position)
            }
            if task.wasSuspended { collectSuspensions(of: task, at: position) }
        }
        for (place, wait) in run.waits.enumerated() {
            guard let ended = wait.ended, ended > wait.start else { continue }
            let owner = owner(of: wait.task)
            add(wait.start, .waitStart, owner, UInt32(truncatingIfNeeded: place))
            add(ended, .waitEnd, owner, UInt32(truncatingIfNeeded: place))
        }
    }

    private mutating func collectSuspensions(of task: TaskEntry, at position: UInt32) {
        guard let segments = run.suspensions[task.number]?.segments else { return }
        for (before, after) in zip(segments, segments.dropFirst()) where after.start > before.end {
            add(before.end, .suspend, position, position)
            add(after.start, .resume, position, position)
        }
    }

    private mutating func add(_ time: UInt64, _ kind: Kind, _ owner: UInt32, _ subject: UInt32) {
        moments.append(Moment(time: time, kind: kind, owner: owner, subject: subject))
    }

    private mutating func link() {
        let tasks = run.tasks.entries.count
        var submits = ContiguousArray(repeating: Self.none, count: tasks)
        var ends = submits
        var reports: [UInt32: Int32] = [:]
        for (place, moment) in moments.enumerated() {
            if moment.kind == .submit { submits[Int(moment.subject)] = Int32(truncatingIfNeeded: place) }
            if moment.kind == .end { ends[Int(moment.subject)] = Int32(truncatingIfNeeded: place) }
            if moment.kind == .report { reports[moment.subject] = Int32(truncatingIfNeeded: place) }
        }
        let occupancy = WorkerOccupancy(run)
        let lastElements = lastElements(ends)
        let children = childrenOfSuspended(ends)
        for parent in Array(lastElements.keys) + children.keys.map({ number(of: $0) }) {
            groups[parent] = groups[parent] ?? Int32(truncatingIfNeeded: groups.count)
        }
        previous = ContiguousArray(repeating: Self.none, count: moments.count)
        other = previous
        submission = previous
        group = previous
        var latest = ContiguousArray(repeating: Self.none, count: owners)
        for (place, moment) in moments.enumerated() {
            previous[place] = latest[Int(moment.owner)]
            latest[Int(moment.owner)] = Int32(truncatingIfNeeded: place)
            switch moment.kind {
            case .start:
                let task = Int(moment.subject)
                submission[place] = submits[task]
                if occupancy.before[task] >= 0 {
                    other[place] = ends[Int(occupancy.before[task])]
                    // Another thread may have made the report meanwhile.
                    if let report = reports[UInt32(occupancy.before[task])], report < place { other[place] = report }
                }
                if occupancy.around[task] >= 0 {
                    let around = latest[Int(occupancy.around[task])]
                    if around >= 0, other[place] < around { other[place] = around }
                }
            case .waitEnd:
                let awaited = run.waits[Int(moment.subject)].awaited
                guard let position = run.tasks.position(of: awaited) else { break }
                let end = run.tasks.entries[position].isMap ? lastElements[awaited] ?? Self.none : ends[position]
                if end >= 0, moments[Int(end)].time <= moment.time { other[place] = end }
                if other[place] >= 0, run.tasks.entries[position].isMap { group[place] = groups[awaited] ?? Self.none }
            case .resume:
                guard let ends = children[moment.subject], previous[place] >= 0 else { break }
                let begin = moments[Int(previous[place])].time
                guard let last = last(of: ends, until: moment.time), moments[Int(last)].time > begin else { break }
                other[place] = last
                group[place] = groups[number(of: moment.subject)] ?? Self.none
            case .end: group[place] = groups[run.tasks.entries[Int(moment.subject)].parent] ?? Self.none
            case .submit, .waitStart, .suspend, .report: break
            }
            // Nothing comes after itself, or after what is later.
            if other[place] >= 0, moments[Int(other[place])].time > moment.time { other[place] = Self.none }
        }
    }

    /// The last of some moments, which are in order, that is not after a time: a task may have as many children as it
    /// was suspended.
    private func last(of places: [Int32], until time: UInt64) -> Int32? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[Int(places[middle])].time <= time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? places[low - 1] : nil
    }

    /// For each map the end of the element that ended last.
    private func lastElements(_ ends: ContiguousArray<Int32>) -> [UInt64: Int32] {
        guard !run.waits.isEmpty else { return [:] }
        var last: [UInt64: Int32] = [:]
        for (position, task) in run.tasks.entries.enumerated() where task.isElement && ends[position] >= 0 {
            last[task.parent] = max(last[task.parent] ?? Self.none, ends[position])
        }
        return last
    }

    /// For each task that was suspended the ends of its children, in order.
    private func childrenOfSuspended(_ ends: ContiguousArray<Int32>) -> [UInt32: [Int32]] {
        guard !run.suspensions.isEmpty else { return [:] }
        var children: [UInt32: [Int32]] = [:]
        for (position, task) in run.tasks.entries.enumerated() where ends[position] >= 0 {
            guard let parent = run.tasks.position(of: task.parent), run.tasks.entries[parent].wasSuspended else {
                continue
            }
            children[UInt32(parent), default: []].append(ends[position])
        }
        return children.mapValues { $0.sorted() }
    }
}

// MARK: - What if

extension ExecutionGraph {
    /// What is changed about a run.
    struct Change {
        /// Owners whose own time is nothing.
        var shortened: ContiguousArray<Bool>
        /// Nothing waits for a worker.
        var hasWorkersForAll = false
        /// What is ready goes on at once.
        var handsOverAtOnce = false
    }

    /// When the last task would end.
    func end(with change: Change) -> UInt64 {
        let unknown = UInt64.max
        var times = ContiguousArray(repeating: unknown, count: moments.count)
        var end: UInt64 = 0
        var groupEnds = ContiguousArray<UInt64>(repeating: 0, count: groups.count)
        var begin = 0
        while begin < moments.count {
            var groupEnd = begin + 1
            while groupEnd < moments.count, moments[groupEnd].time == moments[begin].time { groupEnd += 1 }
            // Where times are equal a moment may come before one that it waits for: what is unknown is asked for
            // again, some times.
            for attempt in 0..<Self.attempts {
                let isLast = attempt == Self.attempts - 1
                var isComplete = true
                for place in begin..<groupEnd where times[place] == unknown {
                    guard isLast || isReady(place, times) else {
                        isComplete = false
                        continue
                    }
                    times[place] = time(of: place, after: times, groupEnds, change)
                    guard moments[place].kind == .end else { continue }
                    end = max(end, times[place])
                    if group[place] >= 0 {
                        groupEnds[Int(group[place])] = max(groupEnds[Int(group[place])], times[place])
                    }
                }
                if isComplete { break }
            }
            begin = groupEnd
        }
        return end
    }

    private static let attempts = 8

    private func isReady(_ place: Int, _ times: ContiguousArray<UInt64>) -> Bool {
        func isKnown(_ before: Int32) -> Bool { before < 0 || times[Int(before)] != UInt64.max }
        return isKnown(previous[place]) && isKnown(other[place]) && isKnown(submission[place])
    }

    private func time(
        of place: Int, after times: ContiguousArray<UInt64>, _ groupEnds: ContiguousArray<UInt64>, _ change: Change
    ) -> UInt64 {
        let moment = moments[place]
        // What it waited for last, as recorded, and as it is with the change.
        var (then, now): (UInt64, UInt64) = (0, 0)
        var isKnown = false
        func comesAfter(_ before: Int32) {
            guard before >= 0 else { return }
            let recorded = moments[Int(before)].time
            // In the recorded run's place where the rules go round in circles.
            let time = times[Int(before)] == UInt64.max ? recorded : times[Int(before)]
            (then, now, isKnown) = (max(then, recorded), max(now, time), true)
        }
        switch moment.kind {
        case .submit, .waitStart, .suspend, .end:
            comesAfter(previous[place])
            guard isKnown else { return moment.time }
            return change.shortened[Int(moment.owner)] ? now : now + (moment.time - then)
        case .report:
            comesAfter(previous[place])
            return isKnown ? now + (moment.time - then) : moment.time
        case .start:
            comesAfter(submission[place])
            let worker = other[place]
            let isStack = worker >= 0 && ![.end, .report].contains(moments[Int(worker)].kind)
            if isStack || !change.hasWorkersForAll {
                comesAfter(worker)
            } else if worker >= 0 {
                then = max(then, moments[Int(worker)].time)
            }
        case .waitEnd, .resume:
            comesAfter(previous[place])
            guard other[place] >= 0 else { return isKnown ? now + (moment.time - then) : moment.time }
            comesAfter(other[place])
            if group[place] >= 0 { now = min(then, max(now, groupEnds[Int(group[place])])) }
        }
        guard isKnown else { return moment.time }
        return change.handsOverAtOnce ? now : now + (moment.time - then)
    }
}
