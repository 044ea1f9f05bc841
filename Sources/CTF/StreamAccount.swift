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
    /// Where events were discarded and packets are missing, in the order of the packets: the first thousand.
    public internal(set) var losses: [Loss] = []
    /// The integers of the first packet's context, by name.
    public internal(set) var firstPacket: [String: UInt64] = [:]
    /// The integers of the last packet's context, by name.
    public internal(set) var lastPacket: [String: UInt64] = [:]

    /// Events that the tracer discarded, or packets that are missing, between two packets that are there.
    public struct Loss: Sendable, Hashable {
        /// What was lost.
        public enum Kind: Sendable, Hashable {
            /// Events that the tracer could not store, by its own count.
            case discardedEvents
            /// Packets whose sequence numbers are missing.
            case missingPackets
        }

        /// What was lost.
        public let kind: Kind
        /// How much of it.
        public internal(set) var count: UInt64
        /// The end of the packet before, in nanoseconds since the clock's origin; nil if unknown.
        public let from: Int64?
        /// The end of the packet that reports the discarded events, or the beginning of the one after the missing
        /// packets; nil if unknown.
        public let to: Int64?
        /// The file of that packet.
        public let file: String
        /// The number of that packet in its file, from 0.
        public let packet: Int
        /// Where in the file that packet begins, in bytes.
        public let offset: Int
        /// The sequence numbers that are missing.
        let missing: ClosedRange<UInt64>?
    }
}
