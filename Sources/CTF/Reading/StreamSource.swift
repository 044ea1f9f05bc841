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
    /// More than any packet header and context that tracers write.
    static let headerProbe = 4096
    static let magic: UInt64 = 0xC1FC_1FC1

    let metadata: Metadata
    let layouts: [StreamLayout]
    private(set) var streams: [StreamSource] = []
    private(set) var problems: [Problem] = []

    init(folder: String, traceIndex: Int, firstClassIndex: Int) throws(TraceError) {
        let path = folder.hasSuffix("/") ? folder + "metadata" : folder + "/metadata"
        metadata = try MetadataFile.read(path)
        let metadata = metadata
        var places: [[UInt64]: Int] = [:]
        for (index, event) in metadata.events.enumerated() {
            places[[event.streamID, event.id]] = firstClassIndex + index
        }
        do throws(MetadataError) {
            var layouts: [StreamLayout] = []
            for stream in metadata.streams {
                layouts.append(
                    try StreamLayout(stream, of: metadata, traceIndex: traceIndex) {
                        places[[$0.streamID, $0.id]] ?? 0
                    })
            }
            self.layouts = layouts
        } catch {
            throw TraceError(
                path: path, line: error.location.line, column: error.location.column, message: error.message)
        }
        findStreams(folder, traceIndex)
    }

    /// Groups the files by the stream that their first packet belongs to.
    private mutating func findStreams(_ folder: String, _ traceIndex: Int) {
        struct Key: Hashable {
            var stream: UInt64
            var instance: UInt64?
            var file: String
        }
        var groups: [Key: StreamSource] = [:]
        let saved = UnsafeMutablePointer<UInt64>.allocate(capacity: (layouts.map(\.savedCount).max() ?? 0) + 1)
        saved.initialize(repeating: 0, count: (layouts.map(\.savedCount).max() ?? 0) + 1)
        let probe = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.headerProbe, alignment: 16)
        defer {
            saved.deallocate()
            probe.deallocate()
        }
        var info = PacketInfo()
        for path in TraceFolder.streamFiles(folder) {
            do throws(FileAccess.Failure) {
                let count = try FileAccess.withFile(path) { descriptor, _ throws(FileAccess.Failure) in
                    try FileAccess.read(descriptor, at: 0, into: probe)
                }
                // Tracers create files that they then have nothing to write to.
                if count == 0 { continue }
                guard let start = probe.baseAddress, let layout = identify(path, start, count, saved, &info) else {
                    continue
                }
                let places = layout.packet.places
                let instance = info[places.streamInstance]
                let file = StreamSource.File(
                    path: path, sequenceNumber: info[places.sequenceNumber], timestampBegin: info[places.timestampBegin]
                )
                let key = Key(stream: layout.id, instance: instance, file: instance == nil ? path : "")
                let new = StreamSource(
                    layout: layout, instance: instance, traceIndex: traceIndex, traceUUID: metadata.uuid, files: [])
                groups[key, default: new].files.append(file)
            } catch {
                problems.append(Problem(file: path, expected: "a stream file", found: error.reason))
            }
        }
        streams = groups.values.map(Self.sorted).sorted { first, second in
            (first.layout.id, first.instance ?? 0, first.files[0].path) < (
                second.layout.id, second.instance ?? 0, second.files[0].path
            )
        }
    }

    /// The class of the stream that a packet belongs to; nil, and a problem, where it belongs to none.
    private mutating func identify(
        _ path: String, _ packet: UnsafeRawPointer, _ count: Int, _ saved: UnsafeMutablePointer<UInt64>,
        _ info: inout PacketInfo
    ) -> StreamLayout? {
        // The header is the trace's: any stream's layout reads the number of the stream.
        var candidate = layouts.first
        for _ in 0..<2 {
            guard let layout = candidate else { return nil }
            let isRead = layout.packet.read(packet, end: count * 8, saved: saved, into: &info)
            let places = layout.packet.places
            // With a header cut short or a context of another class the first integers may still be there.
            let isKnown = info.integers.count > max(places.magic ?? -1, places.streamID ?? -1)
            if isKnown, let magic = info[places.magic], magic != Self.magic {
                let found = "0x" + String(magic, radix: 16)
                problems.append(Problem(file: path, packet: 0, expected: "the magic number 0xc1fc1fc1", found: found))
                return nil
            }
            guard isKnown, let id = places.streamID == nil ? layouts.first?.id : info[places.streamID] else {
                problems.append(Problem(file: path, packet: 0, expected: "a packet header", found: "\(count) bytes"))
                return nil
            }
            if id == layout.id {
                if !isRead {
                    problems.append(
                        Problem(file: path, packet: 0, expected: "a packet header and context", found: "\(count) bytes")
                    )
                    return nil
                }
                return layout
            }
            candidate = layouts.first { $0.id == id }
            if candidate == nil {
                let known = layouts.map { String($0.id) }.joined(separator: ", ")
                problems.append(Problem(file: path, packet: 0, expected: "a stream class of \(known)", found: "\(id)"))
            }
        }
        return nil
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
