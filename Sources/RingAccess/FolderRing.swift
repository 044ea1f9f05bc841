internal import CEventTable
internal import CommandSystem
internal import Glibc

/// A ring in the files of a directory, one packet each.
public struct FolderRing: LiveRing {
    let folder: String

    /// The rings of a directory: itself, and the directories in it that processes of the same run recorded into.
    public static func rings(in folder: String) -> [(name: String, ring: any LiveRing)] {
        guard let names = entries(of: folder) else { return [] }
        var rings: [(name: String, ring: any LiveRing)] = []
        if isRing(names) { rings.append(("", FolderRing(folder: folder))) }
        for name in names where !name.hasPrefix(".") {
            let inner = "\(folder)/\(name)"
            if let innerNames = entries(of: inner), isRing(innerNames) {
                rings.append((name, FolderRing(folder: inner)))
            }
        }
        return rings
    }

    /// The metadata, of at most 1 MiB.
    public func metadata() throws -> [UInt8] {
        let path = "\(folder)/\(POOLTRACE_METADATA_NAME)"
        guard let file = try OpenFile(path) else { throw SystemError(path, "no such file") }
        let size = try file.size()
        guard size <= 1 << 20, let bytes = try file.read(at: 0, count: Int(size)) else {
            throw SystemError(path, "expected at most 1 MiB, found \(size) bytes")
        }
        return bytes
    }

    /// The files of packets, in order of their names.
    public func forEachSlot(_ body: (_ name: String, _ slot: PacketSlot) throws -> Void) throws {
        for name in FolderRing.entries(of: folder) ?? [] where name.hasPrefix(POOLTRACE_PACKET_NAME) {
            guard let file = try openPacket("\(folder)/\(name)") else { continue }
            try body(name, PacketSlot(file: file, offset: 0, size: file.size()))
        }
    }

    /// A packet's file, which is away for a moment while its slot is made ready for another packet; nil if it stays
    /// away.
    private func openPacket(_ path: String) throws -> OpenFile? {
        for _ in 0..<100 {
            if let file = try OpenFile(path) { return file }
            sched_yield()
        }
        return nil
    }

    private static func isRing(_ names: [String]) -> Bool {
        names.contains(POOLTRACE_METADATA_NAME) && names.contains { $0.hasPrefix(POOLTRACE_PACKET_NAME) }
    }

    /// The names in a directory, sorted; nil if it is not one, or closed to this user.
    private static func entries(of folder: String) -> [String]? {
        try? SystemDirectory.entries(of: folder)
    }
}
