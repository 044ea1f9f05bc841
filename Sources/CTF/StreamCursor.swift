/// Walks over the events of one stream, in their order there.
///
/// Cursors of different streams may be used by different threads at the same time, one thread a cursor at a time.
public final class StreamCursor {
    private let reader: StreamReader
    @usableFromInline let state: UnsafeMutablePointer<DecodeState>
    private let from: Int64
    private let to: Int64

    init(_ source: StreamSource, index: Int, live: Bool, from: Int64, to: Int64) {
        self.from = from
        self.to = to
        state = .allocate(capacity: 1)
        reader = StreamReader(source, index: index, live: live, from: from, to: to, state: state)
    }

    deinit { state.deallocate() }

    /// Steps to the next event.
    ///
    /// - Returns: false at the end.
    public func next() -> Bool {
        let state = state
        if state.pointee.isExhausted { return false }
        let previous = state.pointee.timestamp
        let outcome = state.pointee.decode()
        if outcome != .event || state.pointee.timestamp < max(from, previous) || state.pointee.timestamp > to {
            reader.advance(outcome, after: previous)
            if state.pointee.isExhausted { return false }
        }
        state.pointee.eventsRead &+= 1
        return true
    }

    /// The event that the cursor stands at: valid after `next` returned true, until it is called again.
    @inlinable public var event: Event { Event(state: state) }

    /// How many problems there were so far.
    public var problemCount: Int { reader.problemCount }

    /// What was found broken so far: the first thousand.
    public var problems: [Problem] { reader.problems }

    /// What is no damage, as nothing is left out because of it, such as packets of another UUID: the first thousand.
    public var notes: [Problem] { reader.notes }

    /// Where an event is earlier than the one before: the first of each packet, of the first thousand such packets.
    public var disorder: [Problem] { reader.disorder }

    /// The stream's account; complete when `next` has returned false.
    public var account: StreamAccount { reader.currentAccount() }
}
