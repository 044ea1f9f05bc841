import Glibc

/// Where the reading of one stream is: its packet, and the event in it that was decoded last.
///
/// Plain memory at a fixed address, so that the event a cursor hands out is one pointer, and decoding touches no
/// reference count.
@usableFromInline
struct DecodeState {
    enum Outcome: UInt8 {
        case event
        /// The packet's content ends where an event would begin.
        case end
        /// The event goes beyond the content.
        case cutShort
        case unknownClass
        case unknownTag
        case tooLong
        /// An integer of variable length has more than 64 bits.
        case tooLarge
        /// The event is not between the packet's beginning and end.
        case outOfTime
    }

    @usableFromInline var packet: UnsafeRawPointer
    /// In bits from the packet's start: where the next event begins, and the end of the content.
    var position = 0
    @usableFromInline var end = 0
    /// The clock's reading at the last event, or at the packet's beginning.
    @usableFromInline var ticks: UInt64 = 0
    /// Events are not believed that are earlier than this or later by more than the span.
    var earliest: UInt64 = 0
    var span = UInt64.max
    /// In nanoseconds since the epoch; of a pending stream a time that no event of it precedes.
    @usableFromInline var timestamp: Int64 = .min
    var stream: UnsafeMutablePointer<StreamLayout.Table>
    @usableFromInline var event: UnsafeMutablePointer<EventLayout.Table>
    /// Where the event's segments begin, in bits from the packet's start.
    @usableFromInline var bases: UnsafeMutablePointer<Int>
    /// The integers that sequences and variants refer to.
    var saved: UnsafeMutablePointer<UInt64>
    /// Where the event's header begins; the class's id as found.
    var eventStart = 0
    var eventID: UInt64 = 0
    @usableFromInline var streamIndex: Int
    /// The place of the trace's first event class, and of the trace, in the set.
    @usableFromInline var firstClassIndex: Int
    var traceIndex: Int
    /// Events handed out.
    var eventsRead: UInt64 = 0
    /// Nothing of the stream was decoded yet.
    var isPending = true
    var isExhausted = false
}

// MARK: - Decoding

extension DecodeState {
    /// Decodes the next event of the packet.
    ///
    /// What follows an outcome other than `.event` in this packet is not to be read.
    @inline(__always)
    mutating func decode() -> Outcome {
        let layout = stream
        let start = (position &+ layout.pointee.header.alignmentMask) & ~layout.pointee.header.alignmentMask
        guard start < end else { return .end }
        eventStart = start
        var id: UInt64 = 0
        var now = ticks
        var body = -1
        // Read in place: a copy of all that the fast way needs went by way of the stack.
        let quick = layout.pointee.quick
        if quick.pointee.reach <= end &- start {
            let address = packet + start >> 3
            let tag = UInt64(littleEndian: address.loadUnaligned(as: UInt64.self)) & quick.pointee.tagMask
            if tag &- quick.pointee.firstTag <= quick.pointee.tagCount {
                id = Self.word(address, quick.pointee.idByte, quick.pointee.idShift) & quick.pointee.idMask
                let mask = quick.pointee.timeMask
                let time = Self.word(address, quick.pointee.timeByte, quick.pointee.timeShift) & mask
                now = Self.advance(now, to: time, mask: mask)
                body = start &+ quick.pointee.bits
            }
        }
        if body < 0 {
            body = readHeader(at: start, &id, &now)
            guard body >= 0 else { return Self.outcome(body) }
        }
        eventID = id
        guard now &- earliest <= span else { return .outOfTime }
        guard let table = id < stream.pointee.eventCount ? stream.pointee.events[Int(id)] : sparse(id) else {
            return .unknownClass
        }
        var next: Int
        if table.pointee.isFixed {
            let base = (body &+ table.pointee.alignmentMask) & ~table.pointee.alignmentMask
            bases[0] = base
            next = base &+ table.pointee.fixedBits
            guard next <= end else { return .cutShort }
        } else {
            next = walk(table, from: body)
            guard next >= 0 else { return Self.outcome(next) }
        }
        // An event of no size would be there for ever.
        guard next > position else { return .end }
        event = table
        position = next
        ticks = now
        timestamp = stream.pointee.conversion.nanoseconds(now)
        return .event
    }

    @inline(__always)
    private static func word(_ address: UnsafeRawPointer, _ byte: Int, _ shift: UInt64) -> UInt64 {
        UInt64(littleEndian: address.loadUnaligned(fromByteOffset: byte, as: UInt64.self)) &>> shift
    }

    /// Reads any header.
    ///
    /// - Returns: Its end, or one of `NodeWalker.Fault`'s.
    @inline(never)
    private func readHeader(at start: Int, _ id: inout UInt64, _ now: inout UInt64) -> Int {
        let header = UnsafePointer(stream).pointee.header
        let left = end &- start
        switch header.shape {
        case .fixed: return read(header.first, at: start, left, &id, &now)
        case .tagged:
            guard header.leastBits <= left else { return NodeWalker.Fault.contentEnds }
            let tag = header.tag.unsigned(packet, base: start)
            if header.firstTags.contains(tag) { return read(header.first, at: start, left, &id, &now) }
            guard header.secondTags.contains(tag) else { return NodeWalker.Fault.unknownTag }
            return read(header.second, at: start, left, &id, &now)
        case .walked: return walkHeader(at: start, &id, &now)
        }
    }

    private func read(
        _ fields: HeaderLayout.Fields, at start: Int, _ left: Int, _ id: inout UInt64, _ now: inout UInt64
    ) -> Int {
        guard fields.bits <= left else { return NodeWalker.Fault.contentEnds }
        if fields.hasID { id = fields.id.unsigned(packet, base: start) }
        if fields.hasTime {
            now = Self.advance(now, to: fields.time.unsigned(packet, base: start), mask: fields.time.mask)
        }
        return start &+ fields.bits
    }

    /// A full reading from the lower bits of one that is not before `ticks`.
    @inline(__always)
    static func advance(_ ticks: UInt64, to value: UInt64, mask: UInt64) -> UInt64 {
        if mask == ~0 { return value }
        var full = (ticks & ~mask) | value
        if full < ticks { full = full &+ mask &+ 1 }
        return full
    }

    private static func outcome(_ fault: Int) -> Outcome {
        switch fault {
        case NodeWalker.Fault.unknownTag: .unknownTag
        case NodeWalker.Fault.tooLong: .tooLong
        case NodeWalker.Fault.tooLarge: .tooLarge
        default: .cutShort
        }
    }

    @inline(never)
    private func sparse(_ id: UInt64) -> UnsafeMutablePointer<EventLayout.Table>? {
        stream.pointee.owner._withUnsafeGuaranteedRef { $0.sparse[id]?.table }
    }

    private func walkHeader(at start: Int, _ id: inout UInt64, _ now: inout UInt64) -> Int {
        guard let header = stream.pointee.owner._withUnsafeGuaranteedRef({ $0.header }) else { return start }
        var walker = NodeWalker(packet: packet, end: end, saved: saved)
        walker.found.clock = now
        let body = walker.skip(header, at: start)
        id = walker.found.eventID
        now = walker.found.clock
        return body
    }

    /// Finds the bases of an event that has more than one segment.
    ///
    /// - Returns: The event's end, or one of `NodeWalker.Fault`'s.
    @inline(never)
    private func walk(_ table: UnsafeMutablePointer<EventLayout.Table>, from body: Int) -> Int {
        var position = body
        for index in 0..<table.pointee.segmentCount {
            let segment = table.pointee.segments + index
            position = (position &+ segment.pointee.alignmentMask) & ~segment.pointee.alignmentMask
            bases[index] = position
            let tail = position &+ segment.pointee.fixedBits
            guard tail <= end else { return NodeWalker.Fault.contentEnds }
            for save in 0..<segment.pointee.saveCount {
                let entry = table.pointee.saves + (segment.pointee.saves &+ save)
                saved[entry.pointee.place] = entry.pointee.load.extended(packet, base: position)
            }
            switch segment.pointee.tail {
            case .none: position = tail
            case .string:
                let text = packet + tail >> 3
                guard let nul = memchr(text, 0, (end &- tail) >> 3) else { return NodeWalker.Fault.contentEnds }
                position = tail &+ (UnsafeRawPointer(nul) - text &+ 1) &* 8
            case .sequence:
                let count = saved[segment.pointee.length]
                position = tail
                if count > 0 {
                    guard let length = NodeWalker.bounded(count, left: end &- tail) else {
                        return NodeWalker.Fault.tooLong
                    }
                    let (product, overflow) = segment.pointee.stride.multipliedReportingOverflow(by: length &- 1)
                    guard !overflow, product <= end &- tail, product &+ segment.pointee.elementBits <= end &- tail
                    else {
                        return NodeWalker.Fault.contentEnds
                    }
                    position = tail &+ product &+ segment.pointee.elementBits
                }
            case .node:
                position = walk(table, node: segment.pointee.node, at: tail)
                if position < 0 { return position }
            }
        }
        return position
    }

    @inline(never)
    private func walk(_ table: UnsafeMutablePointer<EventLayout.Table>, node: Int, at position: Int) -> Int {
        table.pointee.owner._withUnsafeGuaranteedRef { layout in
            var walker = NodeWalker(packet: packet, end: end, saved: saved)
            return walker.skip(layout.nodes[node], at: position)
        }
    }
}
