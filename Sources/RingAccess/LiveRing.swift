internal import CEventTable
internal import CommandSystem

/// A ring that its process may be writing to, as slots of packets.
public protocol LiveRing {
    /// The metadata as it is now.
    func metadata() throws -> [UInt8]

    /// The slots that may hold a packet, and what to call each.
    func forEachSlot(_ body: (_ name: String, _ slot: PacketSlot) throws -> Void) throws
}

/// How far a ring's streams have come: a copy of it ends there.
///
/// A packet that begins while others are being copied is left out. Its predecessor in the stream may have been copied
/// before it was full, and a gap that is neither overwritten nor discarded would lie between the two.
struct RingMoment {
    private var newest: [UInt64: UInt64] = [:]

    init(of ring: any LiveRing) throws {
        var headers: [pooltrace_packet] = []
        try ring.forEachSlot { _, slot in
            if let header = try slot.header(), header.isPacket { headers.append(header) }
        }
        self.init(headers)
    }

    /// The moment at which packets were these.
    init(_ headers: [pooltrace_packet]) {
        for header in headers {
            newest[header.stream_instance_id] = max(
                newest[header.stream_instance_id] ?? 0, header.packet_seq_num)
        }
    }

    func includes(_ header: pooltrace_packet) -> Bool {
        newest[header.stream_instance_id].map { header.packet_seq_num <= $0 } ?? false
    }
}

extension pooltrace_packet {
    /// Whether a packet is here, and stays for the moment.
    var isPacket: Bool { magic == POOLTRACE_PACKET_MAGIC && packet_seq_num != UInt64.max }
}

/// Where one packet lies.
public struct PacketSlot {
    let file: OpenFile
    let offset: UInt64
    let size: UInt64
}

extension PacketSlot {
    /// Copies the packet while it may be written to, or used for another one.
    ///
    /// The order of the reads is that of `struct pooltrace_packet`: sequence number and content size, the content, the
    /// end's stamp, the sequence number again. One look at a header has its fields in no order, so each of these is a
    /// look of its own: a size of the packet before, beside a new sequence number, would let stale content pass
    /// (`CPoolRecorder/ring.pml`). A packet whose sequence number changed is read again; one that changes each time is
    /// being overwritten, and left out. Sizes are checked against the slot's before they are used.
    ///
    /// - Returns: The packet's bytes, as long as its content; nil if there is none, or none as old as `moment`.
    func copy(at moment: RingMoment, attempts: Int = 100) throws -> [UInt8]? {
        for _ in 0..<attempts {
            guard let first = try header(), first.magic == POOLTRACE_PACKET_MAGIC else { return nil }
            guard first.isPacket, let before = try header(), before.packet_seq_num == first.packet_seq_num else {
                continue
            }
            guard moment.includes(before) else { return nil }
            let length = before.content_size / 8
            let isWhole =
                before.content_size % 8 == 0 && length >= UInt64(PacketSlot.headerSize) && length <= size
            guard isWhole, var bytes = try file.read(at: offset, count: Int(length)), let after = try header(),
                let last = try header()
            else { continue }
            if after.packet_seq_num != before.packet_seq_num || last.packet_seq_num != before.packet_seq_num
                || after.content_size < before.content_size
            {
                continue
            }
            var header = before
            header.timestamp_end = after.timestamp_end
            header.packet_size = header.content_size
            withUnsafeBytes(of: &header) { bytes.replaceSubrange(0..<$0.count, with: $0) }
            return bytes
        }
        return nil
    }

    private static let headerSize = MemoryLayout<pooltrace_packet>.size

    func header() throws -> pooltrace_packet? {
        guard size >= UInt64(PacketSlot.headerSize), let bytes = try file.read(at: offset, count: PacketSlot.headerSize)
        else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: pooltrace_packet.self) }
    }
}
