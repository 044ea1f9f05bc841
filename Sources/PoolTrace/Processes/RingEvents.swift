import CEventTable

/// Reads the last events of a packet of a ring, all of whose bytes may be anything.
enum RingEvents {
    struct Event {
        let stamp: UInt64
        let text: String
    }

    /// The stamp of a packet's last event; 0 where there is no packet.
    static func end(of packet: UnsafeRawBufferPointer) -> UInt64 {
        guard packet.count >= MemoryLayout<pooltrace_packet>.size else { return 0 }
        let header = packet.loadUnaligned(as: pooltrace_packet.self)
        return header.magic == POOLTRACE_PACKET_MAGIC ? header.timestamp_end : 0
    }

    /// Adds the last events that are no definitions.
    static func read(_ packet: UnsafeRawBufferPointer, last count: Int, into events: inout [Event]) {
        guard end(of: packet) > 0 else { return }
        let header = packet.loadUnaligned(as: pooltrace_packet.self)
        let size = min(packet.count, Int(clamping: header.content_size / 8))
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: packet[..<size]))
        guard (try? reader.readBytes(UInt64(MemoryLayout<pooltrace_packet>.size))) != nil else { return }
        var stamp = header.timestamp_begin
        var found: [(stamp: UInt64, number: Int, fields: ByteReader)] = []
        while !reader.isAtEnd, let number = try? number(&reader, &stamp), number < Int(POOLTRACE_EVENT_COUNT.rawValue) {
            let fields = reader
            guard (try? text(of: number, &reader, isShown: false)) != nil else { break }
            if pooltrace_event_descriptions()[number].kind == POOLTRACE_DEFINITION { continue }
            found.append((stamp, number, fields))
            if found.count > count { found.removeFirst() }
        }
        for event in found {
            var fields = event.fields
            if let text = try? text(of: event.number, &fields, isShown: true) {
                events.append(Event(stamp: event.stamp, text: text))
            }
        }
    }

    /// Reads an event's header; its number.
    private static func number(_ reader: inout ByteReader, _ stamp: inout UInt64) throws -> Int {
        var compact = reader
        let word: UInt32 = try compact.read()
        let mask = (UInt64(1) << UInt64(POOLTRACE_EVENT_STAMP_BITS)) - 1
        let number = word & ((1 << UInt32(POOLTRACE_EVENT_NUMBER_BITS)) - 1)
        guard number == UInt32(POOLTRACE_EVENT_EXTENDED) else {
            reader = compact
            let low = UInt64(word >> UInt32(POOLTRACE_EVENT_NUMBER_BITS))
            var whole = stamp & ~mask | low
            if whole < stamp { whole &+= mask &+ 1 }
            stamp = whole
            return Int(number)
        }
        _ = try reader.read(UInt8.self)
        let extended: UInt16 = try reader.read()
        stamp = try reader.read()
        return Int(extended)
    }

    /// Steps over an event's fields, and says what they are.
    private static func text(of number: Int, _ reader: inout ByteReader, isShown: Bool) throws -> String {
        let event = pooltrace_event_descriptions()[number]
        var text = isShown ? String(cString: event.name) : ""
        for index in 0..<Int(event.field_count) {
            let field = event.fields[index]
            let value = try value(of: field, &reader, isShown: isShown)
            if isShown { text += " \(String(cString: field.name))=\(value)" }
        }
        return text
    }

    private static func value(
        of field: pooltrace_field_description, _ reader: inout ByteReader, isShown: Bool
    ) throws -> String {
        switch field.kind {
        case POOLTRACE_FIELD_INTEGER:
            let bytes = try reader.readBytes(UInt64(field.bits / 8))
            guard isShown else { return "" }
            var number: UInt64 = 0
            for byte in bytes.reversed() { number = number << 8 | UInt64(byte) }
            return field.is_signed != 0 && field.bits == 32 ? "\(Int32(truncatingIfNeeded: number))" : "\(number)"
        case POOLTRACE_FIELD_FLOAT:
            let bits: UInt64 = try reader.read()
            return isShown ? "\(Double(bitPattern: bits))" : ""
        case POOLTRACE_FIELD_STRING:
            var bytes: [UInt8] = []
            while true {
                let byte: UInt8 = try reader.read()
                if byte == 0 { break }
                if isShown, bytes.count < 200 { bytes.append(byte) }
            }
            return "\"\(String(decoding: bytes, as: UTF8.self))\""
        default:
            let length: UInt32 = try reader.read()
            _ = try reader.readBytes(UInt64(length) * 8)
            return "[\(length)]"
        }
    }
}
