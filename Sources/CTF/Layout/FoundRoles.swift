/// The values that a walk found of fields with a role.
struct FoundRoles {
    /// A reading of a clock, of which only the lowest bits may have been in the trace.
    struct Reading {
        var value: UInt64
        var bits: Int

        /// The reading in full.
        ///
        /// - Parameter last: A reading that it is not before.
        func full(after last: UInt64) -> UInt64 {
            let mask: UInt64 = bits >= 64 ? ~0 : (1 << UInt64(bits)) - 1
            return DecodeState.advance(last, to: value & mask, mask: mask)
        }
    }

    var magic: UInt64?
    var streamClassID: UInt64?
    var streamID: UInt64?
    /// Where the metadata's UUID begins, in bits from the packet's start.
    var uuidAt: Int?
    /// The last of the packet's beginning, or of the event.
    var time: Reading?
    /// The clock as the readings so far make it: of an event, from what it was before.
    var clock: UInt64 = 0
    var packetEnd: Reading?
    var contentSize: UInt64?
    var packetSize: UInt64?
    var sequenceNumber: UInt64?
    var eventsDiscarded: UInt64?
    var eventID: UInt64 = 0

    mutating func note(_ roles: FieldRoles, _ value: UInt64, bits: Int) {
        if roles.contains(.eventID) { eventID = value }
        if roles.contains(.timestamp) {
            let reading = Reading(value: value, bits: bits)
            (time, clock) = (reading, reading.full(after: clock))
        }
        if roles.isDisjoint(with: [.eventID, .timestamp]) { notePacket(roles, value, bits: bits) }
    }

    private mutating func notePacket(_ roles: FieldRoles, _ value: UInt64, bits: Int) {
        if roles.contains(.magic) { magic = value }
        if roles.contains(.streamClassID) { streamClassID = value }
        if roles.contains(.streamID) { streamID = value }
        if roles.contains(.packetEnd) { packetEnd = Reading(value: value, bits: bits) }
        if roles.contains(.contentSize) { contentSize = value }
        if roles.contains(.packetSize) { packetSize = value }
        if roles.contains(.sequenceNumber) { sequenceNumber = value }
        if roles.contains(.eventsDiscarded) { eventsDiscarded = value }
    }
}
