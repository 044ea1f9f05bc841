import Glibc

/// Walks a packet along nodes: the general way, for what has no fixed shape.
///
/// Recursion is bounded by the depth of types, loops by the bits that are left in the packet.
struct NodeWalker {
    /// Why a walk stopped; the negative results of `skip`.
    enum Fault {
        static let contentEnds = -1
        static let unknownTag = -2
        static let tooLong = -3
    }

    let packet: UnsafeRawPointer
    /// In bits, from the packet's start.
    let end: Int
    let saved: UnsafeMutablePointer<UInt64>
    /// What an event header said.
    var eventID: UInt64 = 0
    var time: (value: UInt64, bits: Int)?
    /// Elements that may still be visited: elements of no size, nested, would otherwise be visited without end.
    private var budget: Int

    init(packet: UnsafeRawPointer, end: Int, saved: UnsafeMutablePointer<UInt64>) {
        self.packet = packet
        self.end = end
        self.saved = saved
        budget = end + 65536
    }

    /// Loads an integer whose end has been checked.
    func integer(_ type: IntegerClass, at start: Int) -> UInt64 {
        BitLoad(type, at: start, baseIsByte: true).extended(packet, base: 0)
    }

    /// The position after a node, or one of `Fault`'s.
    mutating func skip(_ node: LayoutNode, at position: Int) -> Int {
        let start = roundUp(position, node.alignment)
        switch node.kind {
        case .integer(let type): return number(node, type, at: start)
        case .enumeration(let type): return number(node, type.container, at: start)
        case .floatingPoint(let type): return type.bits <= end - start ? start + type.bits : Fault.contentEnds
        case .string:
            guard let length = stringLength(at: start) else { return Fault.contentEnds }
            return start + (length + 1) * 8
        case .structure(let fields):
            var position = start
            for field in fields {
                position = skip(field.node, at: position)
                if position < 0 { return position }
            }
            return position
        case .variant(let tag, let container, let options):
            guard let option = Self.option(options, container, saved[tag]) else { return Fault.unknownTag }
            return skip(option.node, at: start)
        case .array(let length, let element): return skip(element, count: UInt64(length), at: start)
        case .sequence(let length, let element): return skip(element, count: saved[length], at: start)
        }
    }

    private mutating func number(_ node: LayoutNode, _ type: IntegerClass, at start: Int) -> Int {
        guard type.bits <= end - start else { return Fault.contentEnds }
        if node.saved >= 0 { saved[node.saved] = integer(type, at: start) }
        switch node.role {
        case .none: break
        case .eventID: eventID = integer(type, at: start)
        case .timestamp: time = (integer(type, at: start), type.bits)
        }
        return start + type.bits
    }

    private mutating func skip(_ element: LayoutNode, count: UInt64, at start: Int) -> Int {
        if count == 0 { return start }
        guard let length = Self.bounded(count, left: end - start) else { return Fault.tooLong }
        // Elements that nothing refers to need no visit.
        if let bits = element.fixedBits, let stride = element.stride, element.saved < 0, !Self.saves(element) {
            let (product, overflow) = stride.multipliedReportingOverflow(by: length - 1)
            guard !overflow, product <= end - start, product + bits <= end - start else { return Fault.contentEnds }
            return start + product + bits
        }
        var position = start
        for _ in 0..<length {
            budget -= 1
            if budget < 0 { return Fault.tooLong }
            position = skip(element, at: position)
            if position < 0 { return position }
        }
        return position
    }

    /// A number of elements that can be in so many bits; elements of no size are few in any trace that was meant.
    static func bounded(_ count: UInt64, left: Int) -> Int? {
        count <= UInt64(max(left, 4096)) ? Int(count) : nil
    }

    /// The bytes before the NUL; nil where the content ends first.
    func stringLength(at start: Int) -> Int? {
        guard start < end else { return nil }
        let left = (end - start) >> 3
        let text = packet + start >> 3
        guard let nul = memchr(text, 0, left) else { return nil }
        return UnsafeRawPointer(nul) - text
    }

    static func option(_ options: [LayoutNode.Option], _ container: IntegerClass, _ tag: UInt64) -> LayoutNode.Option? {
        let enumeration = EnumerationClass(container: container, mappings: [])
        return options.first { option in option.ranges.contains { enumeration.contains($0, tag) } }
    }

    /// Whether a node or one inside it is referred to.
    static func saves(_ node: LayoutNode) -> Bool {
        if node.saved >= 0 { return true }
        switch node.kind {
        case .structure(let fields): return fields.contains { saves($0.node) }
        case .array(_, let element), .sequence(_, let element): return saves(element)
        case .variant(_, _, let options): return options.contains { saves($0.node) }
        default: return false
        }
    }
}

// MARK: - Values

extension NodeWalker {
    /// The value of a node, and the position after it.
    ///
    /// The node must have been walked before: its bounds are known to hold.
    mutating func value(_ node: LayoutNode, at position: inout Int) -> Value {
        let start = roundUp(position, node.alignment)
        switch node.kind {
        case .structure(let fields):
            position = start
            var members: [Value.Member] = []
            members.reserveCapacity(fields.count)
            for field in fields {
                members.append(Value.Member(name: field.member.name, value: value(field.node, at: &position)))
            }
            return .structure(members)
        case .variant(let tag, let container, let options):
            guard let option = Self.option(options, container, saved[tag]) else { return .missing }
            position = start
            return .variant(option: option.name, value(option.node, at: &position))
        case .array(let length, let element): return elements(element, UInt64(length), from: start, &position)
        case .sequence(let length, let element): return elements(element, saved[length], from: start, &position)
        case .integer, .enumeration, .floatingPoint, .string:
            let next = skip(node, at: start)
            guard next >= 0 else { return .missing }
            position = next
            return scalar(node, at: start)
        }
    }

    private func scalar(_ node: LayoutNode, at start: Int) -> Value {
        switch node.kind {
        case .integer(let type):
            let value = integer(type, at: start)
            return type.isSigned ? .signed(Int64(bitPattern: value)) : .unsigned(value, base: type.base)
        case .enumeration(let type):
            let value = integer(type.container, at: start)
            return .enumeration(value, isSigned: type.container.isSigned, labels: type.labels(of: value))
        case .floatingPoint(let type):
            let load = BitLoad(bits: type.bits, isSigned: false, order: type.byteOrder, at: start, baseIsByte: true)
            let pattern = load.unsigned(packet, base: 0)
            return .float(
                type.bits == 32
                    ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern))) : Double(bitPattern: pattern))
        default: return .string(bytes(at: start >> 3, count: stringLength(at: start) ?? 0))
        }
    }

    private mutating func elements(
        _ element: LayoutNode, _ count: UInt64, from start: Int, _ position: inout Int
    ) -> Value {
        guard let length = Self.bounded(count, left: end - start) else { return .missing }
        position = start
        if element.isCharacter {
            guard length <= (end - start) >> 3 else { return .missing }
            position = start + length * 8
            let text = packet + start >> 3
            let used = memchr(text, 0, length).map { UnsafeRawPointer($0) - text } ?? length
            return .string(bytes(at: start >> 3, count: used))
        }
        var values: [Value] = []
        for _ in 0..<length {
            budget -= 1
            if budget < 0 { return .missing }
            let value = value(element, at: &position)
            if case .missing = value { return .missing }
            values.append(value)
        }
        return .array(values)
    }

    private func bytes(at byte: Int, count: Int) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: packet + byte, count: count))
    }
}
