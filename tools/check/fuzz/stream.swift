// Fuzzes the reading of streams: compiled together with the sources of CTF by tools/check/fuzz/run.

/// The metadata of the directories `0`, `1` and so on in the current one.
private let metadata: [TraceMetadata] = {
    var metadata: [TraceMetadata] = []
    while let next = try? TraceMetadata(ByteSource(file: "\(metadata.count)/metadata")) { metadata.append(next) }
    precondition(!metadata.isEmpty, "expected directories 0, 1 ... that hold metadata")
    return metadata
}()

/// The input's first byte chooses the metadata; the others are the stream.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStream(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 1 else { return 0 }
    let bytes = [UInt8](UnsafeBufferPointer(start: data + 1, count: count - 1))
    let chosen = metadata[Int(data[0]) % metadata.count]
    let stream = ByteSource(name: "stream", bytes: bytes)
    let set = TraceSet([TraceSource(path: "trace", metadata: chosen, streams: [stream])])
    let cursor = set.makeCursor()
    var events = 0
    while cursor.next() {
        for fields in [cursor.event.context, cursor.event.payload] {
            for field in -1...fields.count {
                _ = fields.value(field)
                _ = (fields.unsigned(field), fields.float(field), fields.bytes(field).count)
                _ = fields.sequence(field).reduce(0, &+)
                _ = (fields.string(field).count, fields.elementCount(field))
            }
        }
        events += 1
        // No event is smaller than a bit, and none is read twice.
        precondition(events <= count * 8, "more events than bits")
    }
    precondition(cursor.accounts.allSatisfy { $0.packetsRead <= count })
    _ = cursor.problems.map(\.description)
    return 0
}
