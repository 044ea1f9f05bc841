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
    let metadata: Metadata
    let layouts: [StreamLayout]
    private(set) var streams: [StreamSource] = []
    private(set) var problems: [Problem] = []

    init(folder: String, traceIndex: Int, firstClassIndex: Int) throws(TraceError) {
        self.folder = folder
        let path = folder.hasSuffix("/") ? folder + "metadata" : folder + "/metadata"
        let (metadata, text, damage) = try MetadataFile.read(path)
        self.metadata = metadata
        problems = damage
        var faults: [MetadataError] = []
        var layouts: [StreamLayout] = []
        var classIndex = firstClassIndex
        for stream in metadata.streams {
            do throws(MetadataError) {
                layouts.append(
                    try StreamLayout(
                        stream, of: metadata, traceIndex: traceIndex, firstClassIndex: classIndex, faults: &faults))
                classIndex += layouts.last?.layouts.count ?? 0
            } catch {
                faults.append(error)
            }
        }
        problems += faults.map { $0.problem(path, in: text) }
        self.layouts = layouts
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
