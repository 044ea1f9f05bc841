/// A trace's metadata, read and laid out.
///
/// To lay out costs more than to read a few packets: who reads traces again and again makes this once, and anew when
/// the metadata's bytes have changed.
public struct TraceMetadata: Sendable {
    /// The bytes that it was made from.
    public let bytes: [UInt8]
    let metadata: Metadata
    let layouts: [StreamLayout]
    /// What is damaged: declarations that are left out.
    let problems: [Problem]
    /// What was ignored, and is no damage.
    let notes: [Problem]

    /// Reads metadata.
    ///
    /// - Throws: Where there is nothing that a stream could be read by.
    public init(_ source: ByteSource) throws(TraceError) {
        do throws(FileAccess.Failure) {
            bytes = try source.contents(limit: MetadataFile.largest)
        } catch {
            throw TraceError(path: source.name, message: error.reason)
        }
        let contents = try MetadataFile.read(source.name, bytes)
        metadata = contents.metadata
        notes = contents.notes
        var faults: [MetadataError] = []
        var layouts: [StreamLayout] = []
        var classIndex = 0
        for stream in metadata.streams {
            do throws(MetadataError) {
                layouts.append(try StreamLayout(stream, of: metadata, firstClassIndex: classIndex, faults: &faults))
                classIndex += layouts.last?.layouts.count ?? 0
            } catch {
                faults.append(error)
            }
        }
        problems = contents.problems + faults.map { $0.problem(source.name, in: contents.text) }
        self.layouts = layouts
    }
}
