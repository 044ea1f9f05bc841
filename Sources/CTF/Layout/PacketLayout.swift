/// How to read a packet's header and context.
///
/// Once a packet, so the general walk is fast enough.
struct PacketLayout {
    /// The well-known fields, by their place among the integers.
    struct Places {
        var magic: Int?
        var streamID: Int?
        var streamInstance: Int?
        var timestampBegin: Int?
        var timestampEnd: Int?
        var contentSize: Int?
        var packetSize: Int?
        var sequenceNumber: Int?
        var eventsDiscarded: Int?
    }

    private let header: LayoutNode?
    private let context: LayoutNode?
    let places: Places
    /// The names of the integers that stand at the top of header and context, in order.
    let names: [String]
    /// How many of them are of the header.
    let headerCount: Int
    /// What every packet begins with, where the trace has the magic number in its place.
    let magicBytes: [UInt8]?
    /// Whether beginning and end are given in full, not by their lowest bits.
    let hasFullTimes: Bool
    /// The bits of beginning and end that are given.
    private let beginMask: UInt64
    private let endMask: UInt64

    init(header: LayoutNode?, context: LayoutNode?) {
        self.header = header
        self.context = context
        let headerMembers = Self.members(header)
        let contextMembers = Self.members(context)
        let headerNames = headerMembers.filter { $0.node.integer != nil }.map(\.name)
        let contextNames = contextMembers.filter { $0.node.integer != nil }.map(\.name)
        names = headerNames + contextNames
        headerCount = headerNames.count
        magicBytes = Self.magicBytes(headerMembers.first)
        let times = contextMembers.filter { $0.name == "timestamp_begin" || $0.name == "timestamp_end" }
        hasFullTimes = times.count == 2 && times.allSatisfy { $0.node.integer?.bits == 64 }
        func mask(_ name: String) -> UInt64 {
            let bits = times.first { $0.name == name }?.node.integer?.bits ?? 64
            return bits < 64 ? (1 << UInt64(bits)) - 1 : ~0
        }
        beginMask = mask("timestamp_begin")
        endMask = mask("timestamp_end")
        func place(_ name: String) -> Int? { contextNames.firstIndex(of: name).map { $0 + headerNames.count } }
        places = Places(
            magic: headerNames.firstIndex(of: "magic"), streamID: headerNames.firstIndex(of: "stream_id"),
            streamInstance: headerNames.firstIndex(of: "stream_instance_id"), timestampBegin: place("timestamp_begin"),
            timestampEnd: place("timestamp_end"), contentSize: place("content_size"), packetSize: place("packet_size"),
            sequenceNumber: place("packet_seq_num"), eventsDiscarded: place("events_discarded"))
    }

    private static func magicBytes(_ first: (name: String, node: LayoutNode)?) -> [UInt8]? {
        guard let first, first.name == "magic", let type = first.node.integer, type.bits == 32 else { return nil }
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: PacketCheck.magic >> UInt64($0 * 8)) }
        return type.byteOrder == .little ? bytes : bytes.reversed()
    }

    private static func members(_ root: LayoutNode?) -> [(name: String, node: LayoutNode)] {
        guard let root, case .structure(let members) = root.kind else { return [] }
        return members.map { ($0.member.name, $0.node) }
    }

    /// When a packet begins and ends, in full where the context has the lowest bits alone.
    ///
    /// - Parameter last: A time that the packet does not begin before.
    func times(_ info: PacketInfo, after last: UInt64) -> (begin: UInt64?, end: UInt64?) {
        let begin = info[places.timestampBegin].map { DecodeState.advance(last, to: $0 & beginMask, mask: beginMask) }
        let end = info[places.timestampEnd].map {
            DecodeState.advance(begin ?? last, to: $0 & endMask, mask: endMask)
        }
        return (begin, end)
    }

    /// What a packet's context says that makes its content unreadable: a compression or an encryption.
    func scheme(of info: PacketInfo) -> String? {
        for (name, value) in zip(names, info.integers).dropFirst(headerCount)
        where (name == "compression_scheme" || name == "encryption_scheme") && value != 0 {
            return "\(name) \(value)"
        }
        return nil
    }

    /// Reads header and context from the first bytes of a packet.
    ///
    /// - Parameter saved: Where integers that events refer to are kept; at least the stream's number of them.
    /// - Returns: false if they do not fit into `end` bits, or have a shape that the metadata does not allow.
    func read(
        _ packet: UnsafeRawPointer, end: Int, saved: UnsafeMutablePointer<UInt64>, into info: inout PacketInfo
    ) -> Bool {
        var walker = NodeWalker(packet: packet, end: end, saved: saved)
        var position = 0
        info.integers.removeAll(keepingCapacity: true)
        info.uuid = nil
        for root in [header, context] {
            guard let root, case .structure(let members) = root.kind else { continue }
            position = roundUp(position, root.alignment)
            for member in members {
                let start = roundUp(position, member.node.alignment)
                position = walker.skip(member.node, at: start)
                guard position >= 0 else { return false }
                if let integer = member.node.integer {
                    info.integers.append(walker.integer(integer, at: start))
                } else if root === header, member.member.name == "uuid", position - start == 128, start % 8 == 0 {
                    info.uuid = [UInt8](UnsafeRawBufferPointer(start: packet + start >> 3, count: 16))
                }
            }
        }
        info.headerBits = position
        return true
    }
}

/// What a packet says of itself.
struct PacketInfo {
    /// In the order of `PacketLayout.names`.
    var integers: [UInt64] = []
    var uuid: [UInt8]?
    /// The size of header and context.
    var headerBits = 0

    subscript(_ place: Int?) -> UInt64? { place.map { integers[$0] } }
}
