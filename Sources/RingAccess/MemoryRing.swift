internal import CEventTable
public import CommandSystem
internal import Glibc

/// A ring in a memory file, found among the descriptors of a running process.
public struct MemoryRing: LiveRing {
    private let file: OpenFile
    private let index: pooltrace_ring_index

    private init(_ file: OpenFile) throws {
        self.file = file
        index = try MemoryRing.index(of: file)
    }

    /// The rings of a process: its own, and those that it keeps of its worker processes, also of some that have ended.
    public static func rings(of process: Int32) throws -> [(name: String, ring: any LiveRing)] {
        var rings: [(name: String, ring: any LiveRing)] = []
        var problem: (any Error)?
        for file in try files(of: process, named: POOLTRACE_RING_NAME) {
            do {
                let ring = try MemoryRing(file)
                let isOwn = Int32(bitPattern: ring.index.pid) == process
                rings.append((isOwn ? "" : "worker-\(ring.index.pid)", ring))
            } catch {
                // A worker that has not begun to record; the process itself has, if it has a ring at all.
                problem = error
            }
        }
        guard rings.contains(where: { $0.name.isEmpty }) else {
            throw problem
                ?? SystemError(
                    "process \(process)", "no ring in memory; if it records into a directory, name the directory")
        }
        return rings
    }

    /// The memory files of a name that a process has, among its descriptors.
    public static func files(of process: Int32, named name: String) throws -> [OpenFile] {
        let folder = "/proc/\(process)/fd"
        let descriptors: [String]
        do throws(SystemError) { descriptors = try SystemDirectory.entries(of: folder) } catch {
            throw SystemError(
                "process \(process)", error.code == ENOENT ? "no such process" : error.reason)
        }
        return try descriptors.compactMap { Int32($0) }.sorted().compactMap { descriptor in
            guard SystemFile.link("\(folder)/\(descriptor)") == "/memfd:\(name) (deleted)" else { return nil }
            return try OpenFile("\(folder)/\(descriptor)", followsLink: true)
        }
    }

    /// The metadata, as it is between two replacements of it.
    public func metadata() throws -> [UInt8] {
        for _ in 0..<1000 {
            let before = try MemoryRing.index(of: file)
            guard before.metadata_generation % 2 == 0, before.metadata_size <= before.metadata_capacity,
                let bytes = try file.read(at: before.metadata_offset, count: Int(before.metadata_size)),
                try MemoryRing.index(of: file).metadata_generation == before.metadata_generation
            else {
                sched_yield()
                continue
            }
            return bytes
        }
        throw SystemError(file.path, "its metadata changes faster than it can be read")
    }

    /// The slots in their order, used or not.
    public func forEachSlot(_ body: (_ name: String, _ slot: PacketSlot) throws -> Void) throws {
        for slot in 0..<index.packet_count {
            let digits = String(slot)
            let name = POOLTRACE_PACKET_NAME + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            let offset = index.packets_offset + slot * index.packet_size
            try body(name, PacketSlot(file: file, offset: offset, size: index.packet_size))
        }
    }

    /// The first page, with every number in it within the file's size.
    private static func index(of file: OpenFile) throws -> pooltrace_ring_index {
        let size = try file.size()
        let count = MemoryLayout<pooltrace_ring_index>.size
        guard let bytes = try file.read(at: 0, count: count) else {
            throw SystemError(file.path, "expected a ring's index of \(count) bytes, found \(size) bytes")
        }
        let index = bytes.withUnsafeBytes { $0.loadUnaligned(as: pooltrace_ring_index.self) }
        guard index.magic == POOLTRACE_RING_INDEX_MAGIC else {
            throw SystemError(file.path, "byte 0: expected a ring's index, found other bytes")
        }
        guard index.format_version <= UInt32(POOLTRACE_FORMAT_VERSION) else {
            throw SystemError(
                file.path,
                "its format is version \(index.format_version), newer than \(POOLTRACE_FORMAT_VERSION) of this command")
        }
        let (packets, overflow) = index.packet_size.multipliedReportingOverflow(by: index.packet_count)
        let (end, overflows) = packets.addingReportingOverflow(index.packets_offset)
        let (metadataEnd, wraps) = index.metadata_offset.addingReportingOverflow(index.metadata_capacity)
        guard !overflow, !overflows, !wraps, end <= size, metadataEnd <= size else {
            throw SystemError(
                file.path,
                "its index names \(index.packet_count) packets of \(index.packet_size) bytes in \(size) bytes")
        }
        return index
    }
}
