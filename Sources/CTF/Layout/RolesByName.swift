/// Gives the fields of CTF 1.8's headers and contexts the roles that their names mean.
enum RolesByName {
    /// Marks what stands at the top of a packet's header and context.
    static func assign(packetHeader: LayoutNode?, packetContext: LayoutNode?) {
        assign(packetHeader) { name, node in
            switch name {
            case "magic": .magic
            case "stream_id": .streamClassID
            case "stream_instance_id": .streamID
            case "uuid": node.fixedBits == 128 && node.granularity == 8 ? .metadataUUID : nil
            default: nil
            }
        }
        assign(packetContext) { name, _ in
            switch name {
            case "timestamp_begin": .timestamp
            case "timestamp_end": .packetEnd
            case "content_size": .contentSize
            case "packet_size": .packetSize
            case "packet_seq_num": .sequenceNumber
            case "events_discarded": .eventsDiscarded
            default: nil
            }
        }
    }

    private static func assign(_ root: LayoutNode?, _ role: (String, LayoutNode) -> FieldRoles?) {
        guard let root, case .structure(let members) = root.kind else { return }
        var given: FieldRoles = []
        for (member, node) in members {
            guard let role = role(member.name, node), !given.contains(role),
                node.integer != nil || role == .metadataUUID
            else { continue }
            given.insert(role)
            node.roles.insert(role)
        }
    }

    /// Marks an event header's ids and times, wherever in it they stand.
    ///
    /// - Parameter onlyClock: The trace has at most one clock: tracers may then leave it out.
    /// - Returns: The names of the clocks that times are of.
    static func assign(eventHeader: LayoutNode?, onlyClock: Bool) -> [String] {
        var clocks: [String] = []
        func visit(_ node: LayoutNode, name: String) {
            switch node.kind {
            case .structure(let members): for member in members { visit(member.node, name: member.member.name) }
            case .variant(_, _, let options): for option in options { visit(option.node, name: option.name) }
            case .integer, .enumeration:
                if let clock = node.integer?.clock {
                    node.roles.insert(.timestamp)
                    clocks.append(clock)
                } else if name == "timestamp", onlyClock {
                    node.roles.insert(.timestamp)
                } else if name == "id" {
                    node.roles.insert(.eventID)
                }
            default: break
            }
        }
        if let eventHeader { visit(eventHeader, name: "") }
        return clocks
    }

    /// The clocks that fields of a packet's context are mapped to.
    static func clocks(_ context: LayoutNode?) -> [String] {
        guard let context, case .structure(let members) = context.kind else { return [] }
        return members.compactMap { $0.node.integer?.clock }
    }
}

extension LayoutNode {
    /// The roles of all that it holds.
    var allRoles: FieldRoles {
        switch kind {
        case .structure(let members): members.reduce(roles) { $0.union($1.node.allRoles) }
        case .variant(_, _, let options): options.reduce(roles) { $0.union($1.node.allRoles) }
        case .optional(_, _, _, let node): roles.union(node.allRoles)
        default: roles
        }
    }
}
