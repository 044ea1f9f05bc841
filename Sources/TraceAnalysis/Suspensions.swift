/// The segments in which an async task ran, between its start, its suspensions and its end.
public struct Suspensions: Sendable, Equatable {
    /// A time in which it ran on one worker.
    public struct Segment: Sendable, Equatable {
        /// The worker, by its number in the process.
        public let worker: UInt32
        /// When it began, in nanoseconds on the trace's clock.
        public let start: UInt64
        /// When it ended, not before it began.
        public let end: UInt64
    }

    /// The segments, in the order of their ends; one that goes on ends with the run.
    public private(set) var segments: [Segment] = []
    /// How often the task left its worker.
    public private(set) var count = 0
    /// Segments that go on: of one task more than one only where the stamps of a suspend and the next resume are in the
    /// wrong order.
    private var open: [(worker: UInt32, start: UInt64)] = []
    /// Whether the last of `segments` goes on behind what was read of the run.
    private(set) var goesOn = false

    init() {}

    /// How long it ran, in nanoseconds.
    public var runTime: UInt64 { segments.reduce(0) { $0 &+ ($1.end - $1.start) } }

    /// Whether it is on no worker.
    var isSuspended: Bool { open.isEmpty }

    mutating func resume(on worker: UInt32, at time: UInt64) {
        // One worker tells its stamps in order: a segment that is open on it has ended, and the trace has lost when.
        open.removeAll { $0.worker == worker }
        open.append((worker, time))
    }

    /// - Parameter start: When the task's first segment began, if it was on this worker.
    mutating func suspend(on worker: UInt32, at time: UInt64, first start: UInt64?) {
        count += 1
        close(open.firstIndex { $0.worker == worker }, worker, at: time, first: start)
    }

    /// The task has ended, in its newest segment.
    mutating func end(at time: UInt64) {
        if let last = open.last { close(open.count - 1, last.worker, at: time, first: nil) }
    }

    /// What goes on is shown until a time, as a task is that has not ended.
    mutating func goOn(until time: UInt64) {
        guard goesOn, let last = segments.popLast() else {
            goesOn = !open.isEmpty
            return end(at: time)
        }
        segments.append(Segment(worker: last.worker, start: last.start, end: max(last.end, time)))
    }

    /// The same with other numbers for the workers.
    func renumbered(_ number: (UInt32) -> UInt32) -> Suspensions {
        var suspensions = self
        suspensions.segments = segments.map { Segment(worker: number($0.worker), start: $0.start, end: $0.end) }
        return suspensions
    }

    private mutating func close(_ place: Int?, _ worker: UInt32, at time: UInt64, first start: UInt64?) {
        let begin = place.map { open.remove(at: $0).start } ?? (segments.isEmpty ? start : nil)
        guard let begin else { return }
        segments.append(Segment(worker: worker, start: begin, end: max(begin, time)))
    }

    /// Whether two tasks were suspended alike.
    public static func == (left: Suspensions, right: Suspensions) -> Bool {
        left.segments == right.segments && left.count == right.count
    }
}

// MARK: - Finding

extension Suspensions {
    /// The segment at a time, if there is one.
    public func segment(at time: UInt64) -> Segment? {
        let place = firstPlace(endingFrom: time)
        return place < segments.count && segments[place].start <= time ? segments[place] : nil
    }

    /// Whether the task was on a worker in a time.
    func ran(on worker: UInt32, from: UInt64, to: UInt64) -> Bool {
        segments[firstPlace(endingFrom: from)...].prefix { $0.start <= to }.contains { $0.worker == worker }
    }

    /// How long the task was on workers in a time, in nanoseconds.
    func runTime(from: UInt64, to: UInt64) -> UInt64 {
        segments[firstPlace(endingFrom: from)...].prefix { $0.start < to }.reduce(0) { sum, segment in
            let (low, high) = (max(from, segment.start), min(to, segment.end))
            return high > low ? sum &+ (high - low) : sum
        }
    }

    private func firstPlace(endingFrom time: UInt64) -> Int {
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].end < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Run {
    /// Whether a task that runs in a time was on a worker then: an async task is on none, or on another, between its
    /// segments.
    public func ran(_ task: TaskEntry, on worker: UInt32, from: UInt64, to: UInt64) -> Bool {
        guard task.wasSuspended, let suspensions = suspensions[task.number] else { return task.worker == worker }
        return suspensions.ran(on: worker, from: from, to: to)
    }

    /// How long a task ran, without the time in which it was suspended, in nanoseconds.
    public func runTime(of task: TaskEntry) -> UInt64? {
        guard task.wasSuspended, let suspensions = suspensions[task.number], task.ended != nil else {
            return task.runTime
        }
        return suspensions.runTime
    }
}
