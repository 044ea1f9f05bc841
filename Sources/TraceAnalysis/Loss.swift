/// What became of the events that a process emitted: emitted = shown + overwritten + discarded.
public struct Loss: Sendable, Equatable {
    /// Events that are in the trace.
    public var shown: UInt64
    /// Events older than the ring's window: normal.
    public var overwritten: UInt64
    /// Events that were not stored: what the trace shows is incomplete.
    public var discarded: UInt64

    /// Creates an account.
    public init(shown: UInt64 = 0, overwritten: UInt64 = 0, discarded: UInt64 = 0) {
        self.shown = shown
        self.overwritten = overwritten
        self.discarded = discarded
    }

    /// How many events the process emitted.
    public var emitted: UInt64 { shown &+ overwritten &+ discarded }

    mutating func add(_ other: Loss) {
        shown &+= other.shown
        overwritten &+= other.overwritten
        discarded &+= other.discarded
    }
}
