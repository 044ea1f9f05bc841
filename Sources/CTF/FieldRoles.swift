/// What integers of headers and contexts mean to a reader.
///
/// In CTF 2 the metadata says it; in CTF 1.8 the fields' names do (`RolesByName`).
struct FieldRoles: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    static let magic = FieldRoles(rawValue: 1 << 0)
    /// The number of the packet's stream class, and of its stream among those of the class.
    static let streamClassID = FieldRoles(rawValue: 1 << 1)
    static let streamID = FieldRoles(rawValue: 1 << 2)
    /// The bytes of the metadata's UUID: a role of an array, which its elements carry.
    static let metadataUUID = FieldRoles(rawValue: 1 << 3)
    /// A reading of the stream's clock: of a packet when it begins, of an event when it was.
    static let timestamp = FieldRoles(rawValue: 1 << 4)
    static let packetEnd = FieldRoles(rawValue: 1 << 5)
    static let contentSize = FieldRoles(rawValue: 1 << 6)
    static let packetSize = FieldRoles(rawValue: 1 << 7)
    static let sequenceNumber = FieldRoles(rawValue: 1 << 8)
    static let eventsDiscarded = FieldRoles(rawValue: 1 << 9)
    static let eventID = FieldRoles(rawValue: 1 << 10)

    /// The names that CTF 2 has for them.
    static let names: [String: FieldRoles] = [
        "packet-magic-number": .magic, "data-stream-class-id": .streamClassID, "data-stream-id": .streamID,
        "metadata-stream-uuid": .metadataUUID, "default-clock-timestamp": .timestamp,
        "packet-end-default-clock-timestamp": .packetEnd, "packet-content-length": .contentSize,
        "packet-total-length": .packetSize, "packet-sequence-number": .sequenceNumber,
        "discarded-event-record-counter-snapshot": .eventsDiscarded, "event-record-class-id": .eventID,
    ]
}
