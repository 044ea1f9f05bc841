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
    /// The number of the submitting task, or of the map that it is an element of; 0 where the submission is not in the trace.
    public internal(set) var parent: UInt64 = 0
    /// Its index in a map, or `PoolEvent.noIndex`.
    public internal(set) var index = PoolEvent.noIndex
    /// Its place among its parent's children, from 1; 0 where the submission is not in the trace.
    public internal(set) var ordinal: UInt32 = 0
    /// The pool's number; 0 where it is not known.
    public internal(set) var pool: UInt32 = 0
    /// The number of the site of its submission; 0 where it is not known.
    public internal(set) var site: UInt32 = 0
    /// The number of its name; 0 without one.
    public internal(set) var name: UInt32 = 0
    /// The worker that ran it, by its number in the process; `noWorker` where none did.
    public internal(set) var worker = TaskEntry.noWorker
    var outcome: UInt8 = 0
    var flags: UInt8 = 0
    private var submitTime: UInt64 = 0
    private var startTime: UInt64 = 0
    private var endTime: UInt64 = 0

    /// The worker of a task that none ran.
    public static let noWorker = UInt32.max

    init(number: UInt64) { self.number = number }

    /// Whether other tasks are elements of it: then it never starts or ends itself.
    public internal(set) var isMap: Bool {
        get { flags & 1 != 0 }
        set { set(1, newValue) }
    }

    /// When it was submitted, in nanoseconds on the trace's clock.
    public internal(set) var submitted: UInt64? {
        get { flags & 2 != 0 ? submitTime : nil }
        set {
            submitTime = newValue ?? 0
            set(2, newValue != nil)
        }
    }

    /// When it started.
    public internal(set) var started: UInt64? {
        get { flags & 4 != 0 ? startTime : nil }
        set {
            startTime = newValue ?? 0
            set(4, newValue != nil)
        }
    }

    /// When it ended.
    public internal(set) var ended: UInt64? {
        get { flags & 8 != 0 ? endTime : nil }
        set {
            endTime = newValue ?? 0
            set(8, newValue != nil)
        }
    }

    /// Whether it is an async task that has left its worker: then `Run.suspensions` knows more.
    public internal(set) var wasSuspended: Bool {
        get { flags & 16 != 0 }
        set { set(16, newValue) }
    }

    /// Whether the trace shows the task itself, not only another that names it.
    public var isShown: Bool { flags & 14 != 0 && !isMap }

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
    /// Stamps of two threads are not ordered with what the threads did: a start that seems to precede its submission waited 0 ns.
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
