/// Cuts an event's nodes into segments.
struct EventLayoutBuilder {
    private var segments: [EventLayout.Segment] = [EventLayout.Segment(alignmentMask: 0)]
    private var saves: [EventLayout.Save] = []
    private var slots: [EventLayout.Slot] = []
    private var nodes: [LayoutNode] = []
    private var fields: [LayoutNode] = []
    /// What is known of the current segment's base: it is a multiple of this.
    private var known: Int

    private init(headerAlignment: Int) { known = headerAlignment }

    /// - Parameters:
    ///   - contexts: The stream's event context and the class's own.
    ///   - headerAlignment: The greatest power of two that the end of the event header is known to be a multiple of.
    static func build(
        eventClass: EventClass, contexts: [LayoutNode], payload: LayoutNode?, headerAlignment: Int
    ) -> EventLayout {
        var builder = EventLayoutBuilder(headerAlignment: headerAlignment)
        for context in contexts { builder.add(root: context) }
        let contextCount = builder.slots.count
        let contextBytes = builder.plainBytes
        if let payload { builder.add(root: payload) }
        return EventLayout(
            eventClass: eventClass, segments: builder.segments, saves: builder.saves, slots: builder.slots,
            nodes: builder.nodes, fields: builder.fields, contextCount: contextCount, contextBytes: contextBytes)
    }

    /// The whole bytes that hold the fields so far, from the event's first base; empty unless each field's value
    /// depends on them alone.
    private var plainBytes: Range<Int> {
        guard let first = slots.first, segments.count == 1, known >= 8,
            slots.allSatisfy({
                [.integer, .float16, .float32, .float64, .characters, .integerArray].contains($0.access)
            })
        else { return 0..<0 }
        return first.bitOffset / 8..<(segments[0].fixedBits + 7) / 8
    }

    // MARK: Placing

    private var current: Int { segments.count - 1 }

    private mutating func add(root: LayoutNode) {
        align(to: root.alignment)
        guard case .structure(let members) = root.kind else { return }
        for member in members {
            align(to: member.node.alignment)
            slots.append(slot(member.node))
            fields.append(member.node)
            place(member.node)
        }
    }

    /// Rounds the position up; a new segment begins where that depends on the event.
    private mutating func align(to alignment: Int) {
        if alignment <= known {
            segments[current].fixedBits = roundUp(segments[current].fixedBits, alignment)
        } else {
            if segments[current].fixedBits > 0 { segments.append(EventLayout.Segment(alignmentMask: 0)) }
            segments[current].alignmentMask = alignment - 1
            known = alignment
        }
    }

    private mutating func place(_ node: LayoutNode) {
        align(to: node.alignment)
        if let bits = node.fixedBits {
            save(node, at: segments[current].fixedBits)
            // A fixed array whose elements are saved keeps the last one, as a walk would.
            segments[current].fixedBits += bits
            return
        }
        switch node.kind {
        case .structure(let members): for member in members { place(member.node) }
        case .string(.utf8): end(.string, nextKnown: 8)
        case .sequence(let length, let element):
            guard let bits = element.fixedBits, let stride = element.stride, !NodeWalker.saves(element) else {
                return walk(node)
            }
            segments[current].length = length
            segments[current].stride = stride
            segments[current].elementBits = bits
            end(.sequence, nextKnown: element.granularity)
        default: walk(node)
        }
    }

    private mutating func walk(_ node: LayoutNode) {
        segments[current].node = nodes.count
        nodes.append(node)
        end(.node, nextKnown: node.granularity)
    }

    private mutating func end(_ tail: EventLayout.Tail, nextKnown: Int) {
        segments[current].tail = tail
        // The base itself may be at less than a byte.
        known = min(nextKnown, max(known, 1), positionAlignment)
        segments.append(EventLayout.Segment(alignmentMask: 0))
    }

    /// What is known of the position at the end of the current segment's fixed part.
    private var positionAlignment: Int {
        let offset = segments[current].fixedBits
        return offset == 0 ? known : min(known, 1 << offset.trailingZeroBitCount)
    }

    private mutating func save(_ node: LayoutNode, at offset: Int) {
        switch node.kind {
        case .integer, .enumeration, .boolean:
            guard node.saved >= 0, let integer = node.integer else { return }
            if segments[current].saveCount == 0 { segments[current].saves = saves.count }
            segments[current].saveCount += 1
            let load = BitLoad(integer, at: offset, baseIsByte: known >= 8)
            for place in [node.saved] + node.alsoSaved { saves.append(EventLayout.Save(load: load, place: place)) }
            segments[current].saveCount += node.alsoSaved.count
        case .structure(let members):
            var offset = offset
            for member in members {
                offset = roundUp(offset, member.node.alignment)
                save(member.node, at: offset)
                offset += member.node.fixedBits ?? 0
            }
        case .array(let length, let element) where length > 0:
            guard NodeWalker.saves(element), let stride = element.stride else { return }
            save(element, at: offset + stride * (length - 1))
        default: break
        }
    }

    // MARK: Slots

    /// What the field at the current position offers.
    private func slot(_ node: LayoutNode) -> EventLayout.Slot {
        let offset = segments[current].fixedBits
        let isByte = known >= 8
        var slot = EventLayout.Slot(segment: current, bitOffset: offset, access: .other, load: .none)
        switch node.kind {
        case .integer, .enumeration, .boolean:
            guard let integer = node.integer else { break }
            if integer.isVariableLength {
                slot.access = integer.isSigned ? .signedLEB128 : .unsignedLEB128
                break
            }
            slot.access = .integer
            slot.load = BitLoad(integer, at: offset, baseIsByte: isByte)
            setWord(integer, &slot, baseIsByte: isByte)
        case .floatingPoint(let float):
            slot.access = float.bits == 16 ? .float16 : float.bits == 32 ? .float32 : .float64
            slot.load = BitLoad(float, at: offset, baseIsByte: isByte)
        case .string(.utf8): slot.access = .string
        case .array(let length, let element):
            slot.length = length
            slot.access = .otherArray
            setElement(element, &slot, text: .characters, integers: .integerArray)
        case .sequence(let length, let element):
            slot.length = length
            slot.access = .otherSequence
            setElement(element, &slot, text: .characterSequence, integers: .integerSequence)
        case .string, .bits, .structure, .variant, .optional: break
        }
        return slot
    }

    /// Little-endian integers that eight bytes hold, wherever in its first byte they begin, need no more than one load.
    private func setWord(_ integer: IntegerClass, _ slot: inout EventLayout.Slot, baseIsByte: Bool) {
        let inByte = baseIsByte ? slot.bitOffset & 7 : 7
        guard integer.byteOrder == .little, !integer.isReversed, inByte + integer.bits <= 64 else { return }
        slot.reach = 64
        slot.mask = integer.bits >= 64 ? ~0 : (1 << UInt64(integer.bits)) - 1
        slot.sign = integer.isSigned ? 1 << UInt64(integer.bits - 1) : 0
    }

    private func setElement(
        _ element: LayoutNode, _ slot: inout EventLayout.Slot, text: EventLayout.Access, integers: EventLayout.Access
    ) {
        guard let integer = element.integer, let stride = element.stride else { return }
        if case .boolean = element.kind { return }
        let isByte = positionAlignment >= 8 && stride % 8 == 0
        slot.stride = stride
        slot.load = BitLoad(integer, at: 0, baseIsByte: isByte)
        switch element.content {
        case .text(.utf8): slot.access = isByte ? text : integers
        case .text: break
        case .numbers, .blob: slot.access = integers
        }
    }
}
