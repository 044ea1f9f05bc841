internal import CEventTable
public import CTF

/// Looks at rings again and again: what is new since is copied into memory, packet by packet under its sequence number,
/// as traces that can be read.
///
/// A look takes packets that are new, and the newest of each stream again, whose events are passed over by the reader
/// as far as it has read them. A busy pool writes more than anyone can look at. Where more is new than the budget of
/// bytes, or some of it is overwritten already, the look starts anew: with all definitions, the newest packet of each
/// thread, and then the newest packets of all, as far as the budget reaches.
public struct RingLook {
    /// What a look found.
    public struct Found {
        /// A trace for each ring, whose streams are the packets copied from it.
        public let traces: [TraceSource]
        /// Whether the traces go on where the reader is; else they are to be read by a reader that has read nothing.
        public let goesOn: Bool
    }

    /// Where a reader of the former looks is: how many events of a stream it has read or knows to be overwritten.
    public typealias Position = (_ stream: UInt64, _ ring: String) -> UInt64

    /// A packet, by the name of its slot, and what it said of itself.
    private struct Packet {
        let name: String
        let header: pooltrace_packet
    }

    private let source: String
    private let rings: [(name: String, ring: any LiveRing)]
    /// Of each ring, as they were at the look before.
    private var metadata: [TraceMetadata?]
    /// Whether looks never start anew: a directory keeps what it has.
    private let keepsAll: Bool
    /// Stream, packet and size of the newest packets: where it is the same nothing has happened.
    private var seen: [UInt64] = []
    /// How many bytes a look copies; the caller fits it to what a look costs.
    public var budget = 1 << 19

    /// Looks at rings.
    ///
    /// - Parameters:
    ///   - source: The process or directory, as it is called where damage is told.
    ///   - keepsAll: Looks never start anew.
    public init(_ rings: [(name: String, ring: any LiveRing)], source: String, keepsAll: Bool) {
        self.source = source
        self.rings = rings.sorted { $0.name < $1.name }
        metadata = Array(repeating: nil, count: rings.count)
        self.keepsAll = keepsAll
    }

    /// Looks; nil if nothing has happened since.
    ///
    /// - Parameter position: Where the reader is; nil if the look is to start anew.
    public mutating func look(after position: Position?) throws -> Found? {
        let packets = try rings.map { try Self.packets(in: $0.ring) }
        let state = packets.joined().flatMap {
            [$0.header.stream_instance_id, $0.header.packet_seq_num, $0.header.content_size]
        }
        if state == seen { return nil }
        let news = position.flatMap { self.news(packets, $0) }
        let chosen = news ?? packets.map { Self.newest($0, budget: budget) }
        var traces: [TraceSource] = []
        var damage: TraceError?
        for (place, chosen) in chosen.enumerated() {
            do {
                traces.append(try copy(chosen, of: place, at: RingMoment(packets[place].map(\.header))))
            } catch let error as TraceError {
                damage = damage ?? error
            }
        }
        if traces.isEmpty, let damage { throw damage }
        seen = state
        return Found(traces: traces, goesOn: news != nil)
    }

    private static func packets(in ring: any LiveRing) throws -> [Packet] {
        var found: [Packet] = []
        try ring.forEachSlot { name, slot in
            guard let header = try slot.header(), header.isPacket else { return }
            found.append(Packet(name: name, header: header))
        }
        return found
    }

    /// Copies packets of a ring, as a trace.
    private mutating func copy(_ packets: [Packet], of place: Int, at moment: RingMoment) throws -> TraceSource {
        let (name, ring) = rings[place]
        let path = name.isEmpty ? source : "\(source)/\(name)"
        let names = Set(packets.map(\.name))
        var streams: [ByteSource] = []
        try ring.forEachSlot { slotName, slot in
            guard names.contains(slotName), let bytes = try slot.copy(at: moment) else { return }
            streams.append(ByteSource(name: "\(path)/\(slotName)", bytes: bytes))
        }
        // After the packets: the clock's frequency is only ever known better.
        let bytes = try ring.metadata()
        if let metadata = metadata[place], metadata.bytes == bytes {
            return TraceSource(path: path, metadata: metadata, streams: streams)
        }
        let new = try TraceMetadata(ByteSource(name: "\(path)/\(POOLTRACE_METADATA_NAME)", bytes: bytes))
        metadata[place] = new
        return TraceSource(path: path, metadata: new, streams: streams)
    }
}

// MARK: - Choosing packets

extension RingLook {
    /// The packets with events that were not read; nil if they are too many, or some are gone.
    private func news(_ packets: [[Packet]], _ position: Position) -> [[Packet]]? {
        var left = keepsAll ? Int.max : budget
        var chosen: [[Packet]] = []
        for (place, ring) in packets.enumerated() {
            var news: [Packet] = []
            for (stream, packets) in Dictionary(grouping: ring, by: { $0.header.stream_instance_id }) {
                let position = position(stream, rings[place].name)
                let sorted = packets.sorted { $0.header.packet_seq_num < $1.header.packet_seq_num }
                // A packet ends where the next begins.
                let first = sorted.indices.first {
                    $0 + 1 == sorted.count || sorted[$0 + 1].header.events_before > position
                }
                for packet in sorted[(first ?? sorted.endIndex)...] {
                    left -= Int(clamping: packet.header.content_size / 8)
                    if left < 0 { return nil }
                    news.append(packet)
                }
                if let first, sorted[first].header.events_before > position, !keepsAll { return nil }
            }
            chosen.append(news)
        }
        return chosen
    }

    /// All definitions, the newest packet of each stream, and of the others the newest of all.
    private static func newest(_ packets: [Packet], budget: Int) -> [Packet] {
        var chosen: [Packet] = []
        var rest: [Packet] = []
        var newest: [UInt64: UInt64] = [:]
        for packet in packets {
            let stream = packet.header.stream_instance_id
            newest[stream] = max(newest[stream] ?? 0, packet.header.packet_seq_num)
        }
        for packet in packets {
            let stream = packet.header.stream_instance_id
            if stream == UInt64(POOLTRACE_KEPT_STREAM) || newest[stream] == packet.header.packet_seq_num {
                chosen.append(packet)
            } else {
                rest.append(packet)
            }
        }
        // The newest of all: of each stream what follows without a gap.
        rest.sort { $0.header.timestamp_end > $1.header.timestamp_end }
        var left = budget
        for packet in rest {
            left -= Int(clamping: packet.header.content_size / 8)
            if left < 0 { break }
            chosen.append(packet)
        }
        return chosen
    }
}
