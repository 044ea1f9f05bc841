/// The event that a cursor stands at: a view into the trace, valid until the cursor moves.
public struct Event {
    @usableFromInline let state: UnsafeMutablePointer<DecodeState>

    @inlinable
    init(state: UnsafeMutablePointer<DecodeState>) { self.state = state }

    /// The place of its class in `TraceSet.eventClasses`.
    @inlinable public var classIndex: Int { state.pointee.firstClassIndex &+ state.pointee.event.pointee.classIndex }

    /// Its class.
    public var eventClass: EventClass {
        state.pointee.event.pointee.owner._withUnsafeGuaranteedRef {
            $0.eventClass.placed(
                firstClassIndex: state.pointee.firstClassIndex, traceIndex: state.pointee.traceIndex)
        }
    }

    /// Its class's name.
    public var name: String { state.pointee.event.pointee.owner._withUnsafeGuaranteedRef { $0.eventClass.name } }

    /// Nanoseconds since the epoch.
    @inlinable public var timestamp: Int64 { state.pointee.timestamp }

    /// The reading of its stream's clock.
    @inlinable public var ticks: UInt64 { state.pointee.ticks }

    /// The place of its stream in `TraceSet.streams`.
    @inlinable public var streamIndex: Int { state.pointee.streamIndex }

    /// The payload's fields.
    @inlinable public var payload: EventFields {
        let table = state.pointee.event
        return EventFields(
            state: state, first: table.pointee.contextCount,
            count: table.pointee.slotCount &- table.pointee.contextCount)
    }

    /// The context's fields, then the payload's.
    @inlinable public var fields: EventFields {
        EventFields(state: state, first: 0, count: state.pointee.event.pointee.slotCount)
    }

    /// The fields of the stream's event context, then those of the class's own: vpid, vtid, procname.
    @inlinable public var context: EventFields {
        EventFields(state: state, first: 0, count: state.pointee.event.pointee.contextCount)
    }

    /// The bytes of the trace that alone decide the context's values: two events of a class with equal ones have equal
    /// contexts; empty where there is no context, or none of fixed size.
    @inlinable public var contextBytes: UnsafeRawBufferPointer {
        let table = state.pointee.event
        let start = state.pointee.packet + (state.pointee.bases[0] >> 3 &+ table.pointee.contextByte)
        return UnsafeRawBufferPointer(start: start, count: table.pointee.contextByteCount)
    }
}
