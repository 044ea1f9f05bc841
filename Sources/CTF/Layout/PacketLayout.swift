/// How to read a packet's header and context.
///
/// Once a packet, so the general walk is fast enough.
struct PacketLayout {
    private let header: LayoutNode?
    private let context: LayoutNode?
    /// The roles that fields of header and context have.
    let roles: FieldRoles
    /// The names of the integers that stand at the top of header and context, in order.
    let names: [String]
    /// How many of them are of the header.
    let headerCount: Int
    /// What every packet begins with, where the trace has the magic number in its place.
    let magicBytes: [UInt8]?
    /// The metadata is of CTF 1.8: names of fields mean something.
    private let hasMeaningfulNames: Bool

    init(header: LayoutNode?, context: LayoutNode?, hasMeaningfulNames: Bool) {
        self.header = header
        self.context = context
        self.hasMeaningfulNames = hasMeaningfulNames
        let headerMembers = Self.members(header)
        let headerNames = headerMembers.filter { $0.node.integer != nil }.map(\.name)
        names = headerNames + Self.members(context).filter { $0.node.integer != nil }.map(\.name)
        headerCount = headerNames.count
        magicBytes = Self.magicBytes(headerMembers.first?.node)
        roles = (header?.allRoles ?? []).union(context?.allRoles ?? [])
    }

    private static func magicBytes(_ first: LayoutNode?) -> [UInt8]? {
        guard let first, first.roles.contains(.magic), let type = first.integer, type.bits == 32, !type.isReversed
        else { return nil }
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
        let begin = info.found.time.map { $0.full(after: last) }
        return (begin, info.found.packetEnd.map { $0.full(after: begin ?? last) })
    }

    /// What a packet's context says that makes its content unreadable: a compression or an encryption.
    func scheme(of info: PacketInfo) -> String? {
        guard hasMeaningfulNames else { return nil }
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
        defer {
            info.found = walker.found
            info.uuid = walker.found.uuidAt.flatMap { start in
                start % 8 == 0 && start + 128 <= end
                    ? [UInt8](UnsafeRawBufferPointer(start: packet + start >> 3, count: 16)) : nil
            }
        }
        for root in [header, context] {
            guard let root, case .structure(let members) = root.kind else { continue }
            position = roundUp(position, root.alignment)
            for member in members {
                let start = roundUp(position, member.node.alignment)
                position = walker.skip(member.node, at: start)
                guard position >= 0 else { return false }
                if let integer = member.node.integer { info.integers.append(walker.integer(integer, at: start)) }
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
    /// What the fields with a role say.
    var found = FoundRoles()
    /// The size of header and context.
    var headerBits = 0

    /// Whether beginning and end are given in full, not by their lowest bits.
    var hasFullTimes: Bool { found.time?.bits == 64 && found.packetEnd?.bits == 64 }
}
