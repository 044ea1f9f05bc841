import CEventTable
import CPoolRecorder
import Glibc
import PoolRecorder

/// Where a worker process records, as its pool's process sees it: what was recorded outlives the worker.
///
/// In memory this process makes the file and keeps it; in a folder the worker records into one of its own below the
/// pool's.
final class WorkerRing: Sendable {
    /// The memory file; negative where the worker records into a folder.
    let descriptor: Int32

    /// How many of its last events are told.
    private static let told = 6
    /// How many packets are looked through for them.
    private static let packets = 4

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
                Self.withMapping(of: path) { RingEvents.read($0, last: Self.told, into: &events) }
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

    // MARK: In a folder

    /// The packets of the process's folder, of those last written to.
    private static func files(of process: Int32) -> [String] {
        guard let folder = Recorder.traceDirectory else { return [] }
        let program = String(cString: pooltrace_executable()).split(separator: "/").last ?? ""
        let own = "\(folder)/\(program)-\(process)"
        guard let list = opendir(own) else { return [] }
        defer { closedir(list) }
        var found: [(time: Int, path: String)] = []
        while let entry = readdir(list) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard name.hasPrefix(POOLTRACE_PACKET_NAME), stat("\(own)/\(name)", &status) == 0 else { continue }
            found.append((status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec, "\(own)/\(name)"))
        }
        return found.sorted { $0.time < $1.time }.suffix(packets).map(\.path)
    }

    private static func withMapping(of path: String, _ body: (UnsafeRawBufferPointer) -> Void) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, let size = Int(exactly: status.st_size), size > 0, size <= 64 << 20 else {
            return
        }
        // Copied, not mapped: whoever cuts the file must not end this process.
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { room.deallocate() }
        let count = read(file, room.baseAddress, size)
        if count > 0 { body(UnsafeRawBufferPointer(rebasing: room[..<count])) }
    }
}
