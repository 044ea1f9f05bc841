import CEventTable
import CPoolRecorder
import Glibc
import PoolRecorder

/// Where a worker process records, as its pool's process sees it: what was recorded outlives the worker.
///
/// In memory this process makes the file and keeps it; in a directory the worker records into one of its own below the
/// pool's.
final class WorkerRing: Sendable {
    /// The memory file; negative where the worker records into a directory.
    let descriptor: Int32

    /// How many of its last events are told.
    private static let told = 6
    /// How many packets are looked through for them.
    private static let packets = 4
    /// No packet is as large, in bytes.
    private static let maximumPacketSize = 64 << 20

    /// `nil` where nothing is recorded.
    init?() {
        guard Recorder.isOn, Settings.current.ring else { return nil }
        descriptor = Recorder.traceDirectory == nil ? pooltrace_ring_make() : -1
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The last events of the process, once it has ended, oldest first, a line each.
    func lastEvents(of process: Int32) -> [String] {
        var events: [RingEvents.Event] = []
        withFile { bytes in
            for packet in newest(Self.slots(of: bytes)) { RingEvents.read(packet, last: Self.told, into: &events) }
        }
        if descriptor < 0 {
            for path in Self.files(of: process) {
                // Copied, not mapped: a file that is truncated must not end this process.
                let bytes = try? SystemCalls.contents(of: path, limit: Self.maximumPacketSize, followsLinks: false)
                bytes?.withUnsafeBytes { RingEvents.read($0, last: Self.told, into: &events) }
            }
        }
        return events.sorted { $0.stamp < $1.stamp }.suffix(Self.told).map(\.text)
    }

    private func newest(_ slots: [UnsafeRawBufferPointer]) -> ArraySlice<UnsafeRawBufferPointer> {
        slots.sorted { RingEvents.end(of: $0) < RingEvents.end(of: $1) }.suffix(Self.packets)
    }

    // MARK: In memory

    private func withFile(_ body: (UnsafeRawBufferPointer) -> Void) {
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, let size = Int(exactly: status.st_size), size > 0,
            let base = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED
        else { return }
        // The worker has sealed its size, or has not begun to record.
        body(UnsafeRawBufferPointer(start: base, count: size))
        munmap(base, size)
    }

    /// The packets of a memory file, whose first page is the index.
    private static func slots(of bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
        guard bytes.count >= MemoryLayout<pooltrace_ring_index>.size else { return [] }
        let index = bytes.loadUnaligned(as: pooltrace_ring_index.self)
        guard index.magic == POOLTRACE_RING_INDEX_MAGIC, let size = Int(exactly: index.packet_size), size >= 4096,
            let first = Int(exactly: index.packets_offset), first <= bytes.count
        else { return [] }
        let count = min(Int(clamping: index.packet_count), (bytes.count - first) / size)
        return (0..<count).map {
            UnsafeRawBufferPointer(rebasing: bytes[(first + $0 * size)..<(first + ($0 + 1) * size)])
        }
        .filter { RingEvents.end(of: $0) > 0 }
    }

    // MARK: In a directory

    /// The packets of the process's directory, of those last written to.
    private static func files(of process: Int32) -> [String] {
        guard let folder = Recorder.traceDirectory else { return [] }
        let program = String(cString: pooltrace_executable()).split(separator: "/").last ?? ""
        let own = "\(folder)/\(program)-\(process)"
        var found: [(time: Int, path: String)] = []
        for name in (try? SystemCalls.entries(of: own)) ?? [] where name.hasPrefix(POOLTRACE_PACKET_NAME) {
            var status = stat()
            guard stat("\(own)/\(name)", &status) == 0 else { continue }
            found.append((status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec, "\(own)/\(name)"))
        }
        return found.sorted { $0.time < $1.time }.suffix(packets).map(\.path)
    }
}
