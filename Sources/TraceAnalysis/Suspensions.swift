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

    /// The segments that have ended, in that order.
    public private(set) var segments: [Segment] = []
    /// How often the task left its worker.
    public private(set) var count = 0
    /// Segments that go on: of one task more than one only where the stamps of a suspend and the next resume are in the wrong order.
    private var open: [(worker: UInt32, start: UInt64)] = []

    init() {}

    /// How long it ran, in nanoseconds.
    public var runTime: UInt64 { segments.reduce(0) { $0 &+ ($1.end - $1.start) } }

    /// Whether it is on no worker.
    var isSuspended: Bool { open.isEmpty }

    mutating func resume(on worker: UInt32, at time: UInt64) { open.append((worker, time)) }

    /// - Parameter start: When the task's first segment began, if it was on this worker.
    mutating func suspend(on worker: UInt32, at time: UInt64, first start: UInt64?) {
        count += 1
        close(open.firstIndex { $0.worker == worker }, worker, at: time, first: start)
    }

    /// The task has ended, in its newest segment.
    mutating func end(at time: UInt64) {
        if let last = open.last { close(open.count - 1, last.worker, at: time, first: nil) }
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

extension Run {
    /// How long a task ran, without the time in which it was suspended, in nanoseconds.
    public func runTime(of task: TaskEntry) -> UInt64? {
        guard task.wasSuspended, let suspensions = suspensions[task.number], task.ended != nil else {
            return task.runTime
        }
        return suspensions.runTime
    }
}
