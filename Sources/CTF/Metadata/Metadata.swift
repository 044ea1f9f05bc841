/// What a trace's metadata says, with every type resolved.
struct Metadata: Sendable {
    struct StreamClass: Sendable {
        var id: UInt64
        var packetContext: StructureClass?
        var eventHeader: StructureClass?
        var eventContext: StructureClass?
        /// In CTF 2 its clock's ID; in CTF 1.8 fields that are times name the clock.
        var clock: String?
        var location = SourceLocation(line: 1, column: 1)
    }

    struct EventClass: Sendable {
        var name: String
        var id: UInt64
        /// Where the metadata does not say it, that of the only stream.
        var streamID: UInt64
        var logLevel: Int64?
        var context: StructureClass?
        var fields: StructureClass?
        var location: SourceLocation
    }

    /// What identifies a trace, a clock or a class: a unique ID in the scope of a namespace and a name.
    struct Identity: Sendable {
        var namespace: String?
        var name: String?
        var uid: String?
    }

    /// Whether names of fields say what they mean to a reader, as in CTF 1.8; in CTF 2 they have roles.
    var hasMeaningfulNames = true
    /// The order of the host's bytes, where the metadata says it.
    var byteOrder: ByteOrder?
    /// Sixteen bytes, where the trace has one.
    var uuid: [UInt8]?
    var identity = Identity()
    var packetHeader: StructureClass?
    var environment: [(name: String, value: EnvironmentValue)] = []
    var clocks: [Clock] = []
    var streams: [StreamClass] = []
    var events: [EventClass] = []
}

extension Metadata {
    /// Leaves out events that are of no stream or come twice.
    ///
    /// - Parameter lacksStream: A stream class was left out: its events are no faults of their own.
    mutating func leaveOutStrayEvents(lacksStream: Bool) -> [MetadataError] {
        let streams = Set(streams.map(\.id))
        var seen: Set<[UInt64]> = []
        var faults: [MetadataError] = []
        events.removeAll { event in
            if !streams.contains(event.streamID) {
                if !lacksStream {
                    let text = "the event '\(event.name)' is of stream \(event.streamID), which is not declared"
                    faults.append(MetadataError(location: event.location, message: text))
                }
                return true
            }
            if seen.insert([event.streamID, event.id]).inserted { return false }
            let text = "stream \(event.streamID) has two events of id \(event.id)"
            faults.append(MetadataError(location: event.location, message: text))
            return true
        }
        return faults
    }
}
