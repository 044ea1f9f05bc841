/// What a trace's metadata says, with every type resolved.
struct Metadata: Sendable {
    struct StreamClass: Sendable {
        var id: UInt64
        var packetContext: StructureClass?
        var eventHeader: StructureClass?
        var eventContext: StructureClass?
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

    var byteOrder: ByteOrder
    /// Sixteen bytes, where the trace has one.
    var uuid: [UInt8]?
    var packetHeader: StructureClass?
    var environment: [(name: String, value: EnvironmentValue)] = []
    var clocks: [Clock] = []
    var streams: [StreamClass] = []
    var events: [EventClass] = []
}
