/// Where the time went that a task, or several, ran.
public struct TimeSplit: Sendable, Equatable {
    /// Nanoseconds on a processor.
    public internal(set) var onCPU: UInt64 = 0
    /// Nanoseconds ready to run, but without a processor: others had them.
    public internal(set) var ready: UInt64 = 0
    /// Nanoseconds blocked: in a system call, for a lock, or for another task.
    public internal(set) var blocked: UInt64 = 0

    /// The part that is not on a processor, from 0 to 1.
    var offCPU: Float { total == 0 ? 0 : Float(Double(ready &+ blocked) / Double(total)) }

    /// All of it.
    public var total: UInt64 { onCPU &+ ready &+ blocked }

    static func += (sum: inout TimeSplit, other: TimeSplit) {
        sum.onCPU &+= other.onCPU
        sum.ready &+= other.ready
        sum.blocked &+= other.blocked
    }
}

extension Run {
    /// A time of a worker, from one look of its at the kernel's counts to the next.
    struct Stretch: Sendable, Equatable {
        let worker: UInt32
        /// On the trace's clock, and so is `end`.
        let start: UInt64
        let end: UInt64
        let onCPU: UInt64
        let ready: UInt64

        init(worker: UInt32, end: UInt64, elapsed: UInt64, onCPU: UInt64, ready: UInt64) {
            self.worker = worker
            self.end = end
            start = end - min(end, elapsed)
            // A damaged trace may say anything.
            self.onCPU = min(onCPU, end - start)
            self.ready = min(ready, end - start - self.onCPU)
        }

        init(_ other: Stretch, worker: UInt32) {
            self.init(
                worker: worker, end: other.end, elapsed: other.end - other.start, onCPU: other.onCPU,
                ready: other.ready)
        }
    }

    /// Whether workers recorded where their time went.
    public var hasTimeSplits: Bool { !stretches.isEmpty }

    /// Where the time of a task went, by its position; `nil` where that was not measured: the task was too short, has
    /// not ended, or the run did not measure.
    ///
    /// While another task ran on top of it, for which it waited, it was blocked.
    public func timeSplit(at position: Int) -> TimeSplit? {
        guard position < shares.count,
            Double(shares[position].certain) >= Double(shares[position].own) * Self.leastMeasured
        else { return nil }
        return sharedTimeSplit(at: position)
    }

    /// The same for sums over many tasks: of short tasks that ran one after the other, what was measured of all of them
    /// is shared by their lengths.
    func sharedTimeSplit(at position: Int) -> TimeSplit? {
        guard position < shares.count, let time = runTime(of: tasks.entries[position]) else { return nil }
        let share = shares[position]
        guard share.own > 0, Double(share.measured) >= Double(share.own) * Self.leastMeasured else { return nil }
        let onCPU = min(share.onCPU, time)
        let ready = min(share.ready, time - onCPU)
        return TimeSplit(onCPU: onCPU, ready: ready, blocked: time - onCPU - ready)
    }

    /// The same without the time in which another task ran on top of it: what its worker did for it.
    func ownTimeSplit(at position: Int) -> TimeSplit? {
        guard sharedTimeSplit(at: position) != nil else { return nil }
        let share = shares[position]
        return TimeSplit(
            onCPU: share.onCPU, ready: share.ready, blocked: share.own - min(share.own, share.onCPU &+ share.ready))
    }

    /// The part of a task's own time that must have been measured.
    fileprivate static let leastMeasured = 0.99

    /// The same of a task.
    public func timeSplit(of task: TaskEntry) -> TimeSplit? {
        hasTimeSplits ? tasks.position(of: task.number).flatMap(timeSplit) : nil
    }
}

// MARK: - Which task had which part of a stretch

/// What a task had of its worker's stretches, in nanoseconds.
struct TimeShare: Sendable {
    /// Its run time without that of tasks that ran on top of it.
    var own: UInt64 = 0
    /// As much of that as lies in stretches.
    var measured: UInt64 = 0
    /// As much of that as it did not share with others, one of which was off the processor.
    var certain: UInt64 = 0
    var onCPU: UInt64 = 0
    var ready: UInt64 = 0
}

extension Run {
    /// Deals the stretches out to the tasks that ran in them.
    mutating func shareTime() {
        shares = []
        guard hasTimeSplits else { return }
        var sharing = TimeSharing(taskCount: tasks.entries.count)
        var spans: [UInt32: [TimeSharing.Span]] = [:]
        for position in startOrder {
            let task = tasks.entries[Int(position)]
            guard let started = task.started, !task.wasSuspended else { continue }
            spans[task.worker, default: []].append(
                TimeSharing.Span(task: Int(position), start: started, end: max(started, task.ended ?? end)))
        }
        for (number, suspensions) in suspensions {
            guard let position = tasks.position(of: number) else { continue }
            for segment in suspensions.segments {
                spans[segment.worker, default: []].append(
                    TimeSharing.Span(task: position, start: segment.start, end: segment.end))
            }
        }
        let byWorker = Dictionary(grouping: stretches, by: \.worker)
        for (worker, stretches) in byWorker {
            sharing.add(
                // Outer ones first.
                spans[worker, default: []].sorted { ($0.start, $1.end) < ($1.start, $0.end) },
                Self.apart(stretches))
        }
        shares = sharing.shares
    }
}

extension Run {
    /// The stretches of a worker in their order, each without what is another's: one begins where the last one ends,
    /// except for rounding, and for damage to the trace.
    fileprivate static func apart(_ stretches: [Stretch]) -> [Stretch] {
        var last: UInt64 = 0
        return stretches.sorted { $0.end < $1.end }.map { stretch in
            let own = Stretch(
                worker: stretch.worker, end: stretch.end, elapsed: stretch.end - max(stretch.start, last),
                onCPU: stretch.onCPU, ready: stretch.ready)
            last = stretch.end
            return own
        }
    }
}

/// Deals out the stretches of one worker after the other.
private struct TimeSharing {
    /// A time in which a task was on the worker, perhaps below others.
    struct Span {
        let task: Int
        let start: UInt64
        let end: UInt64
    }

    private(set) var shares: ContiguousArray<TimeShare>
    private var stretches: [Run.Stretch] = []
    /// The stretch that is dealt out next, and what of it tasks had.
    private var place = 0
    private var pieces: [(task: Int, length: UInt64)] = []

    init(taskCount: Int) { shares = ContiguousArray(repeating: TimeShare(), count: taskCount) }

    /// - Parameters:
    ///   - spans: In the order of their starts, outer ones first.
    ///   - stretches: In the order of their ends, none in another.
    mutating func add(_ spans: [Span], _ stretches: [Run.Stretch]) {
        (self.stretches, place) = (stretches, 0)
        var below: [Span] = []
        var time: UInt64 = 0
        /// The innermost task has the time until then.
        func run(until end: UInt64) {
            while let top = below.last, time < end {
                let until = min(end, top.end)
                if until > time { take(top.task, from: time, to: until) }
                time = max(time, until)
                if top.end <= time { below.removeLast() } else { break }
            }
            time = max(time, end)
        }
        for span in spans {
            run(until: span.start)
            below.append(span)
        }
        run(until: .max)
        finish(until: .max)
    }

    private mutating func take(_ task: Int, from start: UInt64, to end: UInt64) {
        shares[task].own &+= end - start
        finish(until: start)
        while place < stretches.count, stretches[place].start < end {
            let (low, high) = (max(start, stretches[place].start), min(end, stretches[place].end))
            if high > low { pieces.append((task, high - low)) }
            // The next task has the rest of it.
            if stretches[place].end > end { return }
            deal(stretches[place])
            place += 1
        }
    }

    /// Deals out the stretches that end by then.
    private mutating func finish(until time: UInt64) {
        while place < stretches.count, stretches[place].end <= time {
            deal(stretches[place])
            place += 1
        }
    }

    /// Deals out one stretch.
    ///
    /// A worker without a task waits for one: of the time off the processor that is the first part. What is left is the
    /// long task's, where there is one beside short ones. Else all have it alike, as nobody knows whose it is: good for
    /// sums over many tasks, and not for each.
    private mutating func deal(_ stretch: Run.Stretch) {
        defer { pieces.removeAll(keepingCapacity: true) }
        let all = pieces.reduce(0) { $0 &+ $1.length }
        guard all > 0 else { return }
        let elapsed = stretch.end - stretch.start
        let gaps = elapsed - min(all, elapsed)
        var blocked = elapsed - stretch.onCPU - stretch.ready
        blocked -= min(blocked, gaps)
        var ready = min(stretch.ready, all - min(all, blocked))
        blocked = min(blocked, all)
        var others = all
        if let longest = pieces.max(by: { $0.length < $1.length })?.task {
            let length = pieces.reduce(0) { $1.task == longest ? $0 &+ $1.length : $0 }
            if Double(all - length) <= Double(length) * Self.shortPart {
                let own = (blocked: min(blocked, length), ready: min(ready, length - min(blocked, length)))
                give(longest, length, off: own.blocked &+ own.ready, ready: own.ready, isCertain: true)
                pieces.removeAll { $0.task == longest }
                (blocked, ready, others) = (blocked - own.blocked, ready - own.ready, all - length)
            }
        }
        let isCertain = Double(blocked &+ ready) <= Double(others) * (1 - Run.leastMeasured)
        for piece in pieces {
            let part = Double(piece.length) / Double(others)
            let off = min(UInt64((Double(blocked &+ ready) * part).rounded()), piece.length)
            give(
                piece.task, piece.length, off: off, ready: min(UInt64((Double(ready) * part).rounded()), off),
                isCertain: isCertain)
        }
    }

    /// The tasks beside a long one are short if they take no more than this part of its time together.
    private static let shortPart = 0.2

    private mutating func give(_ task: Int, _ length: UInt64, off: UInt64, ready: UInt64, isCertain: Bool) {
        shares[task].measured &+= length
        if isCertain { shares[task].certain &+= length }
        shares[task].onCPU &+= length - off
        shares[task].ready &+= ready
    }
}
