/// A stream as it is found on disk: its class's layout and its files in order of time.
struct StreamSource: Sendable {
    struct File: Sendable {
        var path: String
        /// Of the first packet, where it has them.
        var sequenceNumber: UInt64?
        var timestampBegin: UInt64?
    }

    var layout: StreamLayout
    var instance: UInt64?
    var traceIndex: Int
    var traceUUID: [UInt8]?
    var files: [File]
}

/// A trace's metadata, layouts and streams.
struct OpenTrace {
    let folder: String
    let opened: OpenMetadata
    private(set) var streams: [StreamSource] = []
    private(set) var problems: [Problem] = []

    var metadata: Metadata { opened.metadata }
    var layouts: [StreamLayout] { opened.layouts }

    /// - Parameter known: What was made from metadata that may be the same.
    init(folder: String, traceIndex: Int, firstClassIndex: Int, known: [OpenMetadata] = []) throws(TraceError) {
        self.folder = folder
        let path = folder.hasSuffix("/") ? folder + "metadata" : folder + "/metadata"
        let bytes = try MetadataFile.contents(path)
        let same = known.first {
            $0.traceIndex == traceIndex && $0.firstClassIndex == firstClassIndex && $0.bytes == bytes
        }
        if let same {
            opened = same
        } else {
            opened = try OpenMetadata(path, bytes, traceIndex: traceIndex, firstClassIndex: firstClassIndex)
        }
        problems = opened.problems
        findStreams(traceIndex)
    }

    /// Groups the files by the stream that their first packet belongs to.
    mutating func findStreams(_ traceIndex: Int) {
        struct Key: Hashable {
            var stream: UInt64
            var instance: UInt64?
            var file: String
        }
        var groups: [Key: StreamSource] = [:]
        let opener = StreamOpener(check: PacketCheck(uuid: metadata.uuid, layouts: layouts))
        for path in TraceFolder.streamFiles(folder) {
            guard let (file, layout, instance) = opener.open(path) else { continue }
            let key = Key(stream: layout.id, instance: instance, file: instance == nil ? path : "")
            let new = StreamSource(
                layout: layout, instance: instance, traceIndex: traceIndex, traceUUID: metadata.uuid, files: [])
            groups[key, default: new].files.append(file)
        }
        problems += opener.problems
        streams = groups.values.map(Self.sorted).sorted { first, second in
            (first.layout.id, first.instance ?? 0, first.files[0].path) < (
                second.layout.id, second.instance ?? 0, second.files[0].path
            )
        }
    }

    private static func sorted(_ source: StreamSource) -> StreamSource {
        var source = source
        source.files.sort { first, second in
            if let one = first.sequenceNumber, let other = second.sequenceNumber, one != other { return one < other }
            if let one = first.timestampBegin, let other = second.timestampBegin, one != other { return one < other }
            return first.path < second.path
        }
        return source
    }
}
