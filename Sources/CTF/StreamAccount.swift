/// What was read of one stream, and what was not; complete when the cursor has reached the end.
public struct StreamAccount: Sendable {
    /// The place of the stream in `TraceSet.streams`.
    public let streamIndex: Int
    /// Events that the cursor handed out.
    public internal(set) var eventsRead: UInt64 = 0
    /// Events that the tracer could not store, by the last packet's counter, which counts from the stream's beginning.
    public internal(set) var eventsDiscarded: UInt64 = 0
    /// Packets opened or, outside the range of time asked for, stepped over.
    public internal(set) var packetsRead: UInt64 = 0
    /// Packets missing between the first and the last, by their sequence numbers.
    public internal(set) var packetsLost: UInt64 = 0
    /// Packets that were there when the trace was opened, and were re-used before they were read (a live ring only).
    public internal(set) var packetsOverwritten: UInt64 = 0
    /// The integers of the first packet's context, by name.
    public internal(set) var firstPacket: [String: UInt64] = [:]
    /// The integers of the last packet's context, by name.
    public internal(set) var lastPacket: [String: UInt64] = [:]
}
