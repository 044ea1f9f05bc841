// Fuzzes the reading of metadata: compiled together with the sources of CTF by tools/check/fuzz/run.

/// The input is a metadata file of either language, plain or in packets.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMetadata(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: count))
    let (text, _) = MetadataFile.text(bytes, "metadata")
    if !FragmentBuilder.reads(text) { _ = try? MetadataBuilder.build(text) }
    guard let metadata = try? MetadataFile.read("metadata", bytes).metadata else { return 0 }
    var faults: [MetadataError] = []
    for stream in metadata.streams {
        _ = try? StreamLayout(stream, of: metadata, firstClassIndex: 0, faults: &faults)
    }
    return 0
}
