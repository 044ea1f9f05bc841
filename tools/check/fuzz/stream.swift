// Fuzzes the reading of stream files: compiled together with the sources of CTF by tools/check/fuzz/run.

import Glibc

/// Folders that hold metadata and get the input as their only stream file.
///
/// They are `0`, `1` and so on in the current folder.
private nonisolated(unsafe) let traces: [OpenTrace] = {
    var traces: [OpenTrace] = []
    while let trace = try? OpenTrace(folder: "\(traces.count)", traceIndex: 0, firstClassIndex: 0) {
        traces.append(trace)
    }
    precondition(!traces.isEmpty, "expected folders 0, 1 ... that hold metadata")
    return traces
}()

/// The input's first byte chooses the metadata; the others are the stream file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStream(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 1 else { return 0 }
    var trace = traces[Int(data[0]) % traces.count]
    let file = open("\(trace.folder)/stream", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    precondition(write(file, data + 1, count - 1) == count - 1)
    close(file)
    trace.findStreams(0)
    let set = TraceSet([trace], problems: trace.problems, live: false)
    let cursor = set.makeCursor()
    var events = 0
    while cursor.next() {
        for fields in [cursor.event.context, cursor.event.payload] {
            for field in -1...fields.count {
                _ = fields.value(field)
                _ = (fields.unsigned(field), fields.float(field), fields.bytes(field).count)
                _ = fields.sequence(field).reduce(0, &+)
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
