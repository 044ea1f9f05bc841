/// What was made from a trace's metadata; a trace that is read again and again has the same as long as its metadata are
/// the same.
struct OpenMetadata: Sendable {
    let bytes: [UInt8]
    let traceIndex: Int
    let firstClassIndex: Int
    let metadata: Metadata
    let layouts: [StreamLayout]
    let problems: [Problem]

    init(_ path: String, _ bytes: [UInt8], traceIndex: Int, firstClassIndex: Int) throws(TraceError) {
        self.bytes = bytes
        self.traceIndex = traceIndex
        self.firstClassIndex = firstClassIndex
        let (metadata, text, damage) = try MetadataFile.read(path, bytes)
        self.metadata = metadata
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
        problems = damage + faults.map { $0.problem(path, in: text) }
        self.layouts = layouts
    }
}
