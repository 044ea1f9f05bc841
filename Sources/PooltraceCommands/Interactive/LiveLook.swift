internal import CEventTable
internal import CommandSystem
internal import Glibc
internal import TraceAnalysis

/// Looks at the rings of a running process: packets copied under their sequence numbers, and read where the look before
/// ended.
///
/// The process is neither stopped nor told: all that it could notice is that its memory is read. A look takes what is
/// new: packets that are new, and the newest of each stream again, whose events are passed over as far as they were
/// read. A busy pool writes more than anyone can look at. Where more is new than the budget of bytes, or some of it is
/// overwritten already, the look starts anew: with all definitions, the newest packet of each thread, and then the
/// newest packets of all, as far as the budget reaches. How many events it passed over is known by the packets' own
/// counts.
struct LiveLook {
    /// What a look found.
    struct Found {
        let runs: [Run]
        /// How many events the process has emitted so far.
        let emitted: UInt64
        /// How many of those since the look before are not in `runs`.
        let passedOver: UInt64
    }

    /// A packet, by the name of its slot, and what it said of itself.
    private struct Packet {
        let name: String
        let header: pooltrace_packet
    }

    private let rings: [(name: String, ring: any LiveRing)]
    private var reader: RunReader
    /// Whether looks never start anew: a folder keeps what it has.
    private let keepsAll: Bool
    private var goesOn: Bool
    private var emittedBefore: UInt64?
    /// Stream, packet and size of the newest packets: where it is the same nothing has happened.
    private var seen: [UInt64] = []
    /// How many bytes a look copies; the caller fits it to what a look costs.
    var budget = 1 << 19

    /// More tasks than these are not drawn anew twice a second.
    private static let mostTasks = 20_000

    /// Looks at the rings of a process.
    init(_ rings: [(name: String, ring: any LiveRing)], name: String) {
        // What the first is copied to holds the others.
        self.rings = rings.sorted { $0.name < $1.name }
        reader = RunReader(trace: name)
        keepsAll = false
        goesOn = false
    }

    /// Looks at a folder for what comes after all that a reader has read of it.
    init(_ rings: [(name: String, ring: any LiveRing)], after reader: RunReader) {
        self.rings = rings.sorted { $0.name < $1.name }
        self.reader = reader
        keepsAll = true
        goesOn = true
        emittedBefore = Self.emitted(reader.reading.runs)
    }

    /// The rings of a process: in its memory, or in the folder that it records into.
    static func rings(of process: Int32) throws -> [(name: String, ring: any LiveRing)] {
        do {
            return try MemoryRing.rings(of: process).map { ($0.name, $0.ring) }
        } catch let problem as SystemError {
            let folders = try folder(of: process).map { try FolderRing.rings(in: $0) } ?? []
            if folders.isEmpty { throw problem }
            return folders.map { ($0.name, $0.ring) }
        }
    }

    /// The folder that a process was told to record into.
    private static func folder(of process: Int32) throws -> String? {
        let key = "POOLTRACE_TRACE="
        return SystemFile.texts("/proc/\(process)/environ", limit: 1 << 20).first { $0.hasPrefix(key) }
            .map { String($0.dropFirst(key.count)) }
    }

    /// Looks; nil if nothing has happened since.
    mutating func look() throws -> Found? {
        let packets = try rings.map { try Self.packets(in: $0.ring) }
        let state = packets.joined().flatMap {
            [$0.header.stream_instance_id, $0.header.packet_seq_num, $0.header.content_size]
        }
        if state == seen { return nil }
        var chosen = goesOn ? news(packets) : nil
        if chosen == nil {
            reader = reader.startingAnew()
            chosen = packets.map { Self.newest($0, budget: budget) }
        }
        let folder = try PrivateFolder()
        defer { folder.remove() }
        for (place, (name, ring)) in rings.enumerated() {
            let names = Set(chosen?[place].map(\.name) ?? [])
            let copy = RingCopy(folder: name.isEmpty ? folder.path : "\(folder.path)/\(name)")
            try copy.copy(ring, at: RingMoment(packets[place].map(\.header)), where: names.contains)
        }
        goesOn = try reader.read(folder.path, isCopy: true) || keepsAll
        let runs = reader.reading.runs
        if !keepsAll, runs.contains(where: { $0.tasks.entries.count > Self.mostTasks }) { goesOn = false }
        seen = state
        let emitted = Self.emitted(runs)
        let shown = runs.reduce(0) { $0 &+ $1.loss.shown }
        let fresh = emittedBefore.map { emitted > $0 ? emitted - $0 : 0 } ?? shown
        emittedBefore = emitted
        return Found(runs: runs, emitted: emitted, passedOver: fresh > shown ? fresh - shown : 0)
    }

    private static func emitted(_ runs: [Run]) -> UInt64 { runs.reduce(0) { $0 &+ $1.loss.emitted } }

    private static func packets(in ring: any LiveRing) throws -> [Packet] {
        var found: [Packet] = []
        try ring.forEachSlot { name, slot in
            guard let header = try slot.header(), header.isPacket else { return }
            found.append(Packet(name: name, header: header))
        }
        return found
    }

    /// The packets with events that were not read; nil if they are too many, or some are gone.
    private func news(_ packets: [[Packet]]) -> [[Packet]]? {
        var left = keepsAll ? Int.max : budget
        var chosen: [[Packet]] = []
        for (place, ring) in packets.enumerated() {
            var news: [Packet] = []
            for (stream, packets) in Dictionary(grouping: ring, by: { $0.header.stream_instance_id }) {
                let position = reader.position(ofStream: stream, in: rings[place].name)
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

/// A folder of this process's own, in memory, removed with what is in it.
private struct PrivateFolder {
    let path: String

    init() throws {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(parent)/pooltrace-view-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.last(parent) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    func remove() { SystemDirectory.remove(path) }
}
