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
        for packet in packetsInMemory() {
            packet.withUnsafeBytes { RingEvents.read($0, last: Self.told, into: &events) }
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

    // MARK: In memory

    /// The packets last written to of the memory file, whose first page is the index.
    ///
    /// Read, not mapped: a look at a hole through a mapping would fill it.
    private func packetsInMemory() -> [[UInt8]] {
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_size > 0,
            let bytes = read(at: 0, count: MemoryLayout<pooltrace_ring_index>.size)
        else { return [] }
        let index = bytes.withUnsafeBytes { $0.loadUnaligned(as: pooltrace_ring_index.self) }
        guard index.magic == POOLTRACE_RING_INDEX_MAGIC, let size = Int(exactly: index.packet_size),
            (4096...Self.maximumPacketSize).contains(size),
            let first = Int(exactly: index.packets_offset), first <= status.st_size
        else { return [] }
        let places = (0..<min(Int(clamping: index.packet_count), (status.st_size - first) / size)).compactMap { slot in
            let place = first + slot * size
            let header = read(at: place, count: MemoryLayout<pooltrace_packet>.size)
            let end = header?.withUnsafeBytes { RingEvents.end(of: $0) } ?? 0
            return end > 0 ? (end: end, place: place) : nil
        }
        return places.sorted { $0.end < $1.end }.suffix(Self.packets).compactMap { read(at: $0.place, count: size) }
    }

    private func read(at offset: Int, count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            read = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
        return bytes.count == count ? bytes : nil
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
