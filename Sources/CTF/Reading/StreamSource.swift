/// A stream as it was opened: its class's layout, and its bytes in order of time.
struct StreamSource: Sendable {
    struct File: Sendable {
        var source: ByteSource
        /// Of the first packet, where it has them.
        var sequenceNumber: UInt64?
        var timestampBegin: UInt64?
        /// What its packets have, where that is not the trace's.
        var otherUUID: [UInt8]?
        /// Packets of streams of these classes, too, are in it: each stream passes over the others'.
        var sharedWith: [StreamLayout] = []
    }

    var layout: StreamLayout
    var instance: UInt64?
    var traceIndex: Int
    /// The place of the trace's first event class in `TraceSet.eventClasses`.
    var firstClassIndex: Int
    var traceUUID: [UInt8]?
    var files: [File]
}

/// A trace with its place in a set, and with its streams.
struct OpenTrace {
    let source: TraceSource
    private(set) var streams: [StreamSource] = []
    private(set) var problems: [Problem]

    var metadata: Metadata { source.metadata.metadata }
    /// Its event classes, with their places in the set.
    let eventClasses: [EventClass]

    /// Groups the files by the stream that their first packet belongs to.
    init(_ source: TraceSource, traceIndex: Int, firstClassIndex: Int) {
        self.source = source
        eventClasses = source.metadata.layouts.flatMap(\.layouts).map {
            $0.eventClass.placed(firstClassIndex: firstClassIndex, traceIndex: traceIndex)
        }
        struct Key: Hashable {
            var stream: UInt64
            var instance: UInt64?
            var file: String
        }
        var groups: [Key: StreamSource] = [:]
        let uuid = source.metadata.metadata.uuid
        let opener = StreamOpener(check: PacketCheck(uuid: uuid, layouts: source.metadata.layouts))
        for bytes in source.streams {
            for (file, layout, instance) in opener.open(bytes) {
                let key = Key(stream: layout.id, instance: instance, file: instance == nil ? bytes.name : "")
                let new = StreamSource(
                    layout: layout, instance: instance, traceIndex: traceIndex, firstClassIndex: firstClassIndex,
                    traceUUID: uuid, files: [])
                groups[key, default: new].files.append(file)
            }
        }
        problems = source.metadata.problems + opener.problems
        streams = groups.values.map(Self.sorted).sorted { first, second in
            (first.layout.id, first.instance ?? 0, first.files[0].source.name) < (
                second.layout.id, second.instance ?? 0, second.files[0].source.name
            )
        }
    }

    private static func sorted(_ source: StreamSource) -> StreamSource {
        var source = source
        source.files.sort { first, second in
            if let one = first.sequenceNumber, let other = second.sequenceNumber, one != other { return one < other }
            if let one = first.timestampBegin, let other = second.timestampBegin, one != other { return one < other }
            return first.source.name < second.source.name
        }
        return source
    }
}
