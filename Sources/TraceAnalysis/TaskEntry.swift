internal import PoolModel

/// A task of a run: numbers only, as there may be millions.
public struct TaskEntry: Sendable, Equatable {
    /// How far a task came, as far as the trace shows.
    public enum State: String, Sendable, CaseIterable {
        /// Its body returned.
        case succeeded
        /// Its body threw, or its worker died.
        case failed
        /// It was cancelled before it started.
        case cancelled
        /// It started, and the trace ends before it does.
        case notEnded = "not ended"
        /// It was submitted, and the trace ends before it starts.
        case notStarted = "not started"
        /// It was submitted, and what became of it is older than the ring's window.
        case overwritten
    }

    /// The task's number.
    public let number: UInt64
    /// The number of the submitting task, or of the map that it is an element of; 0 where the submission is not in the
    /// trace.
    public internal(set) var parent: UInt64 = 0
    /// Its index in a map, or `PoolEvent.noIndex`.
    public internal(set) var index = PoolEvent.noIndex
    /// Its place among its parent's children, from 1; 0 where the submission is not in the trace.
    public internal(set) var ordinal: UInt32 = 0
    /// The pool's number; 0 where it is unknown.
    public internal(set) var pool: UInt32 = 0
    /// The number of the site of its submission; 0 where it is unknown.
    public internal(set) var site: UInt32 = 0
    /// The number of its name; 0 without one.
    public internal(set) var name: UInt32 = 0
    /// The worker that ran it, by its number in the process; `noWorker` where none did.
    public internal(set) var worker = TaskEntry.noWorker
    var outcome: UInt8 = 0
    private(set) var flags: UInt8 = 0
    private var submitTime: UInt64 = 0
    private var startTime: UInt64 = 0
    private var endTime: UInt64 = 0

    /// The worker of a task that none ran.
    public static let noWorker = UInt32.max

    static let mapFlag: UInt8 = 1
    static let submittedFlag: UInt8 = 2
    static let startedFlag: UInt8 = 4
    static let endedFlag: UInt8 = 8
    static let suspendedFlag: UInt8 = 16

    @inline(__always)
    init(
        number: UInt64, parent: UInt64, index: UInt64, ordinal: UInt32, pool: UInt32, site: UInt32, name: UInt32,
        worker: UInt32, outcome: UInt8, flags: UInt8, submitTime: UInt64, startTime: UInt64, endTime: UInt64
    ) {
        self.number = number
        self.parent = parent
        self.index = index
        self.ordinal = ordinal
        self.pool = pool
        self.site = site
        self.name = name
        self.worker = worker
        self.outcome = outcome
        self.flags = flags
        self.submitTime = submitTime
        self.startTime = startTime
        self.endTime = endTime
    }

    /// Whether other tasks are elements of it: then it never starts or ends itself.
    public internal(set) var isMap: Bool {
        get { flags & Self.mapFlag != 0 }
        set { set(Self.mapFlag, newValue) }
    }

    /// When it was submitted, in nanoseconds on the trace's clock.
    public internal(set) var submitted: UInt64? {
        get { flags & Self.submittedFlag != 0 ? submitTime : nil }
        set {
            submitTime = newValue ?? 0
            set(Self.submittedFlag, newValue != nil)
        }
    }

    /// When it started.
    public internal(set) var started: UInt64? {
        get { flags & Self.startedFlag != 0 ? startTime : nil }
        set {
            startTime = newValue ?? 0
            set(Self.startedFlag, newValue != nil)
        }
    }

    /// When it ended.
    public internal(set) var ended: UInt64? {
        get { flags & Self.endedFlag != 0 ? endTime : nil }
        set {
            endTime = newValue ?? 0
            set(Self.endedFlag, newValue != nil)
        }
    }

    /// Whether it is an async task that has left its worker: then `Run.suspensions` knows more.
    public internal(set) var wasSuspended: Bool {
        get { flags & Self.suspendedFlag != 0 }
        set { set(Self.suspendedFlag, newValue) }
    }

    /// Whether the trace shows the task itself, not only another that names it.
    public var isShown: Bool {
        flags & (Self.submittedFlag | Self.startedFlag | Self.endedFlag) != 0 && !isMap
    }

    /// Whether it was submitted as an element of a map.
    public var isElement: Bool { index != PoolEvent.noIndex }

    private mutating func set(_ flag: UInt8, _ value: Bool) {
        flags = value ? flags | flag : flags & ~flag
    }
}

// MARK: - Durations

extension TaskEntry {
    /// From submission to start, in nanoseconds.
    ///
    /// Stamps of two threads are not ordered with what the threads did: a start that seems to precede its submission
    /// waited 0 ns.
    public var queueWait: UInt64? { Self.duration(submitted, started) }
    /// From start to end, in nanoseconds.
    public var runTime: UInt64? { Self.duration(started, ended) }
    /// From submission to end, in nanoseconds.
    public var turnaround: UInt64? {
        guard started != nil else { return nil }
        return Self.duration(submitted, ended)
    }

    private static func duration(_ from: UInt64?, _ to: UInt64?) -> UInt64? {
        guard let from, let to else { return nil }
        return to > from ? to - from : 0
    }
}
