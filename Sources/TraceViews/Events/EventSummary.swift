package import CTF
internal import PoolModel

/// What a trace holds: how many events of each class, from when to when, and between which values each field lies.
///
/// One number a field is kept on either side, whatever the trace's size; every field of every event is read.
package struct EventSummary {
    /// A field's place, and the least and greatest that it was: a value, or the length of a text or a sequence.
    struct Field {
        enum Kind: UInt8 {
            case unsigned, signed, float, text, sequence
            /// What has no order.
            case other
        }

        var kind: Kind
        /// Unsigned and signed values are compared in one order, which for signed ones begins at `Int64.min`.
        var least = UInt64.max
        var greatest = UInt64.min
        var leastFloat = Double.infinity
        var greatestFloat = -Double.infinity
    }

    struct Class {
        var count: UInt64 = 0
        var first = Int64.max
        var last = Int64.min
        /// Of `EventSummary.fields`.
        var firstField: Int
    }

    static let signBit: UInt64 = 1 << 63

    private(set) var classes: [Class] = []
    private(set) var fields: [Field] = []
    let types: [EventClass]
    let start: Int64
    /// What was lost, once that is known.
    package var losses: EventLosses?

    init(_ set: TraceSet) {
        types = set.eventClasses
        start = set.start ?? 0
        for type in set.eventClasses {
            classes.append(Class(firstField: fields.count))
            fields += (type.contextFields + type.fields).map { Field(kind: Self.kind($0)) }
        }
    }

    private static func kind(_ field: EventClass.Field) -> Field.Kind {
        switch field.kind {
        case .integer, .enumeration: field.isSigned ? .signed : .unsigned
        case .floatingPoint: .float
        case .string: .text
        case .array, .sequence: .sequence
        case .boolean, .bits, .encodedString, .blob, .structure, .variant, .optional: .other
        }
    }

    /// Goes over all streams, side by side: what is asked for needs no order between them.
    package static func read(_ set: TraceSet, _ cursors: [StreamCursor]) -> EventSummary {
        // A thread goes over a stretch of a stream and then leaves the stream to the next free thread.
        nonisolated(unsafe) let cursors = cursors
        let waiting = Guarded(Array(cursors.indices))
        let result = Guarded(EventSummary(set))
        let work: @Sendable () -> Void = {
            var own = EventSummary(set)
            while let stream = waiting.withLock({ $0.popLast() }) {
                if !own.add(cursors[stream], atMost: stretch) { waiting.withLock { $0.insert(stream, at: 0) } }
            }
            result.withLock { $0.add(own) }
        }
        let helpers = Threads(Threads.spare, work)
        work()
        helpers.join()
        return result.withLock { $0 }
    }

    /// Goes over the events that a cursor comes to.
    package static func read(_ set: TraceSet, _ cursor: EventCursor) -> EventSummary {
        var summary = EventSummary(set)
        while cursor.next() { summary.add(cursor.event) }
        return summary
    }

    /// In events: enough that the lock is rarely taken.
    private static let stretch = 1 << 16

    /// Takes what another summary of the same traces has.
    private mutating func add(_ other: EventSummary) {
        for place in classes.indices where other.classes[place].count > 0 {
            let (mine, theirs) = (classes[place], other.classes[place])
            classes[place].first = min(mine.first, theirs.first)
            classes[place].last = max(mine.last, theirs.last)
            classes[place].count += theirs.count
        }
        for place in fields.indices {
            fields[place].least = min(fields[place].least, other.fields[place].least)
            fields[place].greatest = max(fields[place].greatest, other.fields[place].greatest)
            fields[place].leastFloat = min(fields[place].leastFloat, other.fields[place].leastFloat)
            fields[place].greatestFloat = max(fields[place].greatestFloat, other.fields[place].greatestFloat)
        }
    }

    /// Takes an event.
    private mutating func add(_ event: Event) {
        withMemory { Self.add(event, $0, $1) }
    }

    /// Takes a stream's next events.
    ///
    /// - Returns: Whether the stream has ended.
    private mutating func add(_ cursor: StreamCursor, atMost most: Int) -> Bool {
        // The arrays are looked at once a stretch: to ask each time whether they are shared cost a seventh.
        withMemory { classes, fields in
            for _ in 0..<most {
                guard cursor.next() else { return true }
                Self.add(cursor.event, classes, fields)
            }
            return false
        }
    }

    private mutating func withMemory<Result>(
        _ body: (UnsafeMutableBufferPointer<Class>, UnsafeMutableBufferPointer<Field>) -> Result
    ) -> Result {
        classes.withUnsafeMutableBufferPointer { classes in
            fields.withUnsafeMutableBufferPointer { fields in body(classes, fields) }
        }
    }

    @inline(__always)
    private static func add(
        _ event: Event, _ classes: UnsafeMutableBufferPointer<Class>, _ fields: UnsafeMutableBufferPointer<Field>
    ) {
        let place = event.classIndex
        let time = event.timestamp
        classes[place].count &+= 1
        if time < classes[place].first { classes[place].first = time }
        if time > classes[place].last { classes[place].last = time }
        read(event.fields, fields, classes[place].firstField)
    }

    @inline(__always)
    private static func read(_ values: EventFields, _ fields: UnsafeMutableBufferPointer<Field>, _ first: Int) {
        for position in 0..<values.count {
            let place = first &+ position
            let value: UInt64
            switch fields[place].kind {
            case .unsigned: value = values.unsigned(position)
            case .signed: value = values.unsigned(position) ^ signBit
            case .text: value = UInt64(truncatingIfNeeded: values.bytes(position).count)
            case .sequence: value = UInt64(truncatingIfNeeded: values.elementCount(position))
            case .float:
                let number = values.float(position)
                if number < fields[place].leastFloat { fields[place].leastFloat = number }
                if number > fields[place].greatestFloat { fields[place].greatestFloat = number }
                continue
            case .other: continue
            }
            if value < fields[place].least { fields[place].least = value }
            if value > fields[place].greatest { fields[place].greatest = value }
        }
    }
}
