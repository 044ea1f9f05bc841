/// One stream of one trace: what one writer wrote.
public struct TraceStream: Sendable {
    /// Its place in `TraceSet.streams`.
    public let index: Int
    /// The place of its trace in `TraceSet.traces`.
    public let traceIndex: Int
    /// The number of its class in the metadata.
    public let classID: UInt64
    /// Its own number among those of its class, where the packets carry one.
    public let instanceID: UInt64?
    /// The names of its files or pieces of memory, in order of time.
    public let files: [String]
    /// The clock that its events' times are readings of; one of nanoseconds where none is declared.
    public let clock: Clock
    /// Whether its events have times.
    public let hasTimes: Bool
}
