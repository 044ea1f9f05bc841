/// What a mark in a trace is about: programs go by it, and never by the mark's text.
public enum MarkKind: UInt8, Sendable, CaseIterable {
    // The numbers are those of `pooltrace_mark_kind` in the table of events; a test holds the two together.

    /// A kind that this version does not know.
    case unknown = 0
    /// The user's.
    case user = 1
    /// In serial mode a thread goes on whose order nobody controls.
    case uncontrolled = 2
    /// In serial mode nobody waited for the ready tasks, and a thread of PoolTrace's runs them.
    case takeover = 3
    /// The task is suspended, and nobody is left to resume it: its continuation is lost.
    case lost = 4
    /// In serial mode the task blocks, and another thread goes on beside it.
    case spilled = 5
    /// The task runs for longer than its pool's limit.
    case stalled = 6
    /// In serial mode the task waits, and nothing is left that could end that.
    case deadlock = 7
    /// The tasks of a serial run took several threads, one at a time.
    case threads = 8
    /// In serial mode the task runs for long without a decision point: it may wait for another one in a loop.
    case spinning = 9
    /// In serial mode the task waits for long for something outside PoolTrace.
    case blocked = 10
    /// The sleeps and timeouts of a serial run took as long as they say: the program has threads of its own.
    case realTime = 11
    /// The task has made an access that races with another task's.
    case race = 12
    /// There was no more room for the trace, since the disk or memory was full: from here on events are overwritten
    /// early, or discarded.
    case noRoom = 13
    /// A bound was passed, and the ring was kept as a snapshot.
    case snapshot = 14

    /// Whether the order of the run is not all the strategy's from there on.
    public var isUncontrolled: Bool { self == .uncontrolled || self == .spilled }

    /// The kind as a key of exports: `uncontrolled`.
    public var key: String { "\(self)" }
}
