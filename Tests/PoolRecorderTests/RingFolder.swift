import CEventTable
import Foundation
import TestSupport

/// A ring's packets as they lie in the files of a folder, read by the table of events alone.
struct RingFolder {
    struct Event {
        let stamp: UInt64
        let number: Int
        var name: String { String(cString: pooltrace_event_descriptions()[number].name) }
        /// The integers and the texts, in the table's order.
        let integers: [UInt64]
        let texts: [String]
    }

    struct Packet {
        let file: String
        let header: pooltrace_packet
        let events: [Event]
    }

    let packets: [Packet]

    init(_ folder: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        packets = try names.filter { $0.hasPrefix(POOLTRACE_PACKET_NAME) }.map { name in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            return try RingFolder.packet(bytes, file: "\(folder)/\(name)")
        }
    }

    /// The packets of each stream, oldest first.
    var streams: [UInt64: [Packet]] {
        Dictionary(grouping: packets) { $0.header.stream_instance_id }
            .mapValues { $0.sorted { $0.header.packet_seq_num < $1.header.packet_seq_num } }
    }

    /// All events, stream by stream.
    var events: [Event] { streams.sorted { $0.key < $1.key }.flatMap { $0.value.flatMap(\.events) } }

    private static func packet(_ bytes: [UInt8], file: String) throws -> Packet {
        let size = MemoryLayout<pooltrace_packet>.size
        guard bytes.count >= size else { throw TestSupportError("\(file): \(bytes.count) bytes") }
        return try bytes.withUnsafeBytes { bytes in
            let header = bytes.loadUnaligned(as: pooltrace_packet.self)
            guard header.magic == POOLTRACE_PACKET_MAGIC, header.content_size / 8 <= bytes.count,
                header.packet_size / 8 == bytes.count
            else { throw TestSupportError("\(file): a header that does not fit its file") }
            var cursor = Cursor(
                bytes: bytes, offset: size, end: Int(header.content_size / 8), last: header.timestamp_begin)
            var events: [Event] = []
            while cursor.offset < cursor.end { events.append(try cursor.event(file)) }
            return Packet(file: file, header: header, events: events)
        }
    }

    /// Walks a packet; a size that does not fit traps, which fails the test.
    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        var offset: Int
        let end: Int
        var last: UInt64

        mutating func integer(_ bits: UInt32) -> UInt64 {
            defer { offset += Int(bits / 8) }
            switch bits {
            case 8: return UInt64(bytes[offset])
            case 16: return UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            case 32: return UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            default: return bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            }
        }

        /// The event's number and its stamp.
        mutating func header() -> (UInt64, UInt64) {
            if bytes[offset] & 31 == UInt8(POOLTRACE_EVENT_EXTENDED) {
                offset += 1
                return (integer(16), integer(64))
            }
            let word = integer(32)
            let span: UInt64 = 1 << 27
            let stamp = (last & ~(span - 1)) + word >> 5
            return (word & 31, stamp < last ? stamp + span : stamp)
        }

        mutating func event(_ file: String) throws -> Event {
            let (number, stamp) = header()
            last = stamp
            guard number < UInt64(POOLTRACE_EVENT_COUNT.rawValue) else {
                throw TestSupportError("\(file): event \(number) at byte \(offset)")
            }
            let description = pooltrace_event_descriptions()[Int(number)]
            var (integers, texts): ([UInt64], [String]) = ([], [])
            integers.reserveCapacity(Int(description.field_count))
            for index in 0..<Int(description.field_count) {
                let field = description.fields[index]
                switch field.kind {
                case POOLTRACE_FIELD_INTEGER, POOLTRACE_FIELD_FLOAT: integers.append(integer(field.bits))
                case POOLTRACE_FIELD_STRING:
                    let text = bytes[offset...].prefix { $0 != 0 }
                    texts.append(String(decoding: text, as: UTF8.self))
                    offset += text.count + 1
                default:
                    for _ in 0..<integer(32) { integers.append(integer(64)) }
                }
            }
            return Event(stamp: stamp, number: Int(number), integers: integers, texts: texts)
        }
    }
}

extension RingFolder {
    /// What a ring says of its events: emitted = shown + overwritten + discarded.
    struct Account: Equatable {
        var shown: UInt64 = 0
        var overwritten: UInt64 = 0
        var discarded: UInt64 = 0
        var emitted: UInt64 { shown + overwritten + discarded }
    }

    /// The account of one stream.
    func account(of stream: UInt64) -> Account {
        var account = Account()
        guard let packets = streams[stream], let newest = packets.last else { return account }
        account.shown = packets.reduce(0) { $0 + UInt64($1.events.count) }
        account.overwritten = newest.header.events_before + UInt64(newest.events.count) - account.shown
        account.discarded = newest.header.events_discarded
        return account
    }

    /// What is wrong with the packets: their order, their stamps, their counts.
    func faults() -> [String] {
        var faults: [String] = []
        for packets in streams.values {
            for (earlier, later) in zip(packets, packets.dropFirst()) {
                if earlier.header.timestamp_end > later.header.timestamp_begin {
                    faults.append("\(later.file) begins before \(earlier.file) ends")
                }
                let isNext = later.header.packet_seq_num == earlier.header.packet_seq_num + 1
                let before = earlier.header.events_before + UInt64(earlier.events.count)
                if isNext && later.header.events_before != before {
                    faults.append("\(later.file): \(later.header.events_before) events before, not \(before)")
                }
            }
            for packet in packets {
                var last = packet.header.timestamp_begin
                for event in packet.events {
                    if event.stamp < last { faults.append("\(packet.file): \(event.name) goes back") }
                    last = event.stamp
                }
                if packet.header.timestamp_end < last { faults.append("\(packet.file) ends before its last event") }
            }
        }
        return faults
    }

    /// What is wrong in streams that one thread wrote, whose tasks count from 0: each packet begins with the task that
    /// its count of events before it says. (A snapshot of a ring that wraps may lack packets in the middle, and its
    /// newest may be empty.)
    func faultsOfCountingStreams() -> [String] {
        packets.filter { $0.header.stream_instance_id != UInt64(POOLTRACE_KEPT_STREAM) }.compactMap { packet in
            let tasks = packet.events.map { $0.integers[0] }
            let before = packet.header.events_before
            if tasks.elementsEqual(before..<before + UInt64(tasks.count)) { return nil }
            let found = "\(tasks.count) tasks, the first \(tasks.first ?? 0), the last \(tasks.last ?? 0)"
            return "\(packet.file): \(before) events before, \(found)"
        }
    }
}

extension RingFolder {
    /// How many events babeltrace2 finds in a folder; throws unless it accepts it.
    static func countByBabeltrace(_ folder: String) async throws -> Int {
        let lines = try await Babeltrace.events(of: folder, arguments: ["--component=sink.utils.counter"])
        guard let line = lines.last(where: { $0.contains("Event message") }),
            let count = line.split(separator: " ").first.flatMap({ Int($0) })
        else { throw TestSupportError("\(folder): no count in \(lines)") }
        return count
    }
}
