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
        let outcome = state.pointee.decode()
        if outcome != .event || state.pointee.timestamp < from || state.pointee.timestamp > to {
            reader.advance(outcome)
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

    /// The stream's account; complete when `next` has returned false.
    public var account: StreamAccount { reader.currentAccount() }
}
