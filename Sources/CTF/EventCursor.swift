/// Walks over the events of a set of traces in order of time.
///
/// Events of equal time come in the order of traces, streams, and places in their stream: two walks over the same
/// traces are equal. Memory does not grow with the traces: a stream is opened when its first event is due, and maps one
/// piece of a file at a time.
public final class EventCursor {
    private let set: TraceSet
    private let readers: [StreamReader]
    private let states: UnsafeMutablePointer<DecodeState>
    /// Points to the state of the stream whose event was handed out last: memory of its own, so that to look at it from
    /// another module needs no check of exclusive access.
    @usableFromInline let handedOut: UnsafeMutablePointer<UnsafeMutablePointer<DecodeState>>
    private var tree: MergeTree
    private let from: Int64
    private let to: Int64
    /// Nothing is handed out after the first damage.
    private let isStrict: Bool
    /// The stream whose event was handed out last; at first the one that begins earliest.
    private var current: Int

    init(_ set: TraceSet, from: Int64, to: Int64, isStrict: Bool) {
        self.set = set
        self.from = from
        self.to = to
        self.isStrict = isStrict
        let states = UnsafeMutablePointer<DecodeState>.allocate(capacity: max(set.sources.count, 1))
        self.states = states
        readers = set.sources.enumerated().map { index, source in
            StreamReader(source, index: index, live: set.live, from: from, to: to, state: states + index)
        }
        tree = MergeTree(times: (0..<readers.count).map { states[$0].timestamp })
        current = isStrict && !set.problems.isEmpty ? readers.count : tree.winner
        handedOut = .allocate(capacity: 1)
        handedOut.initialize(to: states + min(current, max(readers.count - 1, 0)))
    }

    deinit {
        handedOut.deallocate()
        states.deallocate()
    }

    /// Steps to the next event.
    ///
    /// - Returns: false at the end.
    public func next() -> Bool {
        while current < readers.count {
            let state = states + current
            let previous = state.pointee.timestamp
            let outcome = state.pointee.decode()
            if outcome != .event || state.pointee.timestamp < max(from, previous) || state.pointee.timestamp > to {
                readers[current].advance(outcome, after: previous)
                if isStrict, readers[current].problemCount > 0 {
                    current = readers.count
                    return false
                }
            }
            if state.pointee.isExhausted || !tree.isBeforeOthers(state.pointee.timestamp) {
                tree.replay(time: state.pointee.isExhausted ? nil : state.pointee.timestamp)
                current = tree.winner
                guard current < readers.count else { break }
                handedOut.pointee = states + current
            }
            // A stream that is pending stands in the tournament with the time at which it begins.
            if !states[current].isPending {
                states[current].eventsRead &+= 1
                return true
            }
        }
        return false
    }

    var allReaders: [StreamReader] { readers }
    var currentReader: StreamReader { readers[current] }

    /// The event that the cursor stands at: valid after `next` returned true, until it is called again.
    @inlinable public var event: Event { Event(state: handedOut.pointee) }

    /// How many problems there were so far.
    public var problemCount: Int { self.set.problems.count + readers.reduce(0) { $0 + $1.problemCount } }

    /// What was found broken so far: of each stream the first thousand.
    public var problems: [Problem] { self.set.problems + readers.flatMap(\.problems) }

    /// What is no damage, as nothing is left out because of it: what metadata was ignored, packets of another UUID.
    ///
    /// Of each stream the first thousand.
    public var notes: [Problem] { self.set.notes + readers.flatMap(\.notes) }

    /// Where an event is earlier than the one before in its stream.
    ///
    /// It is the first of each packet, of the first thousand such packets of each stream.
    public var disorder: [Problem] { readers.flatMap(\.disorder) }

    /// The account of one stream, as far as it has been read.
    public func account(ofStream index: Int) -> StreamAccount { readers[index].currentAccount() }

    /// An account for each stream, in the order of `TraceSet.streams`; complete when `next` has returned false.
    public var accounts: [StreamAccount] { readers.map { $0.currentAccount() } }
}
