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
        static let tooLarge = -4
    }

    let packet: UnsafeRawPointer
    /// In bits, from the packet's start.
    let end: Int
    let saved: UnsafeMutablePointer<UInt64>
    /// What fields with a role said.
    var found = FoundRoles()
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
        if type.isVariableLength { return LEB128.integer(packet, at: start, end: end, isSigned: type.isSigned).value }
        return BitLoad(type, at: start, baseIsByte: true).extended(packet, base: 0)
    }

    /// The position after a node, or one of `Fault`'s.
    mutating func skip(_ node: LayoutNode, at position: Int) -> Int {
        let start = roundUp(position, node.alignment)
        switch node.kind {
        case .integer(let type): return number(node, type, at: start)
        case .enumeration(let type): return number(node, type.container, at: start)
        case .boolean(let type): return number(node, type, at: start)
        case .bits(let type): return type.bits <= end - start ? start + type.bits : Fault.contentEnds
        case .floatingPoint(let type): return type.bits <= end - start ? start + type.bits : Fault.contentEnds
        case .string(let encoding):
            guard let length = stringLength(encoding, at: start) else { return Fault.contentEnds }
            return start + (length + encoding.unitSize) * 8
        case .structure(let fields):
            var position = start
            for field in fields {
                position = skip(field.node, at: position)
                if position < 0 { return position }
            }
            return position
        case .variant(let selector, let container, let options):
            guard let option = Self.option(options, container, saved[selector]) else { return Fault.unknownTag }
            forget(node.inner)
            return skip(option.node, at: start)
        case .optional(let selector, let container, let ranges, let inner):
            let isThere = Self.contains(ranges, container, saved[selector])
            forget(node.inner)
            return isThere ? skip(inner, at: start) : start
        case .array(let length, let element):
            if node.roles.contains(.metadataUUID) { found.uuidAt = start }
            return skip(element, count: UInt64(length), at: start)
        case .sequence(let length, let element): return skip(element, count: saved[length], at: start)
        }
    }

    /// Makes integers that may not be in this event what no length and hardly any selector is.
    ///
    /// Those of an event before are not to be taken for them.
    private func forget(_ places: [Int]) { for place in places { saved[place] = .max } }

    private mutating func number(_ node: LayoutNode, _ type: IntegerClass, at start: Int) -> Int {
        if type.isVariableLength {
            let (value, next) = LEB128.integer(packet, at: start, end: end, isSigned: type.isSigned)
            if next >= 0 { note(node, value, bits: min(64, (next - start) / 8 * 7)) }
            return next
        }
        guard type.bits <= end - start else { return Fault.contentEnds }
        if node.saved >= 0 || !node.roles.isEmpty { note(node, integer(type, at: start), bits: type.bits) }
        return start + type.bits
    }

    /// Keeps a value for the fields that refer to it, and for who asks for its role.
    ///
    /// - Parameter bits: How many of the value's bits the field had.
    private mutating func note(_ node: LayoutNode, _ value: UInt64, bits: Int) {
        if node.saved >= 0 {
            saved[node.saved] = value
            for place in node.alsoSaved { saved[place] = value }
        }
        if !node.roles.isEmpty { found.note(node.roles, value, bits: bits) }
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
    func stringLength(_ encoding: TextEncoding, at start: Int) -> Int? {
        guard start < end else { return nil }
        let left = (end - start) >> 3
        let text = packet + start >> 3
        guard encoding == .utf8 else {
            let (count, isTerminated) = encoding.end(of: UnsafeRawBufferPointer(start: text, count: left))
            return isTerminated ? count : nil
        }
        guard let nul = memchr(text, 0, left) else { return nil }
        return UnsafeRawPointer(nul) - text
    }

    static func option(_ options: [LayoutNode.Option], _ container: IntegerClass, _ tag: UInt64) -> LayoutNode.Option? {
        options.first { contains($0.ranges, container, tag) }
    }

    static func contains(
        _ ranges: [EnumerationClass.Mapping], _ container: IntegerClass, _ value: UInt64
    ) -> Bool {
        let enumeration = EnumerationClass(container: container, mappings: [])
        return ranges.contains { enumeration.contains($0, value) }
    }

    /// Whether a node or one inside it is referred to.
    static func saves(_ node: LayoutNode) -> Bool {
        if node.saved >= 0 { return true }
        switch node.kind {
        case .structure(let fields): return fields.contains { saves($0.node) }
        case .array(_, let element), .sequence(_, let element): return saves(element)
        case .variant(_, _, let options): return options.contains { saves($0.node) }
        case .optional(_, _, _, let inner): return saves(inner)
        default: return false
        }
    }
}

// MARK: - Values

extension NodeWalker {
    /// The value of a node, and the position after it; nil where it is not whole.
    ///
    /// The node must have been walked before: its bounds are known to hold.
    mutating func value(_ node: LayoutNode, at position: inout Int) -> Value? {
        let start = roundUp(position, node.alignment)
        switch node.kind {
        case .structure(let fields):
            position = start
            var members: [Value.Member] = []
            members.reserveCapacity(fields.count)
            for field in fields {
                let value = value(field.node, at: &position) ?? .missing
                members.append(Value.Member(name: field.member.name, value: value))
            }
            return .structure(members)
        case .variant(let selector, let container, let options):
            guard let option = Self.option(options, container, saved[selector]) else { return nil }
            position = start
            return .variant(option: option.name, value(option.node, at: &position) ?? .missing)
        case .optional(let selector, let container, let ranges, let inner):
            position = start
            return Self.contains(ranges, container, saved[selector]) ? value(inner, at: &position) : .missing
        case .array(let length, let element): return elements(element, UInt64(length), from: start, &position)
        case .sequence(let length, let element): return elements(element, saved[length], from: start, &position)
        case .integer, .enumeration, .boolean, .bits, .floatingPoint, .string:
            let next = skip(node, at: start)
            guard next >= 0 else { return nil }
            position = next
            return scalar(node, at: start)
        }
    }

    private func scalar(_ node: LayoutNode, at start: Int) -> Value {
        switch node.kind {
        case .integer(let type):
            let value = integer(type, at: start)
            let notation = Value.Notation(base: type.base, bits: type.bits)
            return type.isSigned ? .signed(Int64(bitPattern: value), notation) : .unsigned(value, notation)
        case .enumeration(let type):
            let value = integer(type.container, at: start)
            return .enumeration(value, isSigned: type.container.isSigned, labels: type.labels(of: value))
        case .boolean(let type): return .boolean(integer(type, at: start) != 0)
        case .bits(let type): return type.value(packet, at: start)
        case .floatingPoint(let type):
            let pattern = BitLoad(type, at: start, baseIsByte: true).unsigned(packet, base: 0)
            switch type.bits {
            case 16: return .float(Double(Float16(bitPattern: UInt16(truncatingIfNeeded: pattern))))
            case 32: return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern))))
            default: return .float(Double(bitPattern: pattern))
            }
        case .string(let encoding):
            let count = stringLength(encoding, at: start) ?? 0
            return .string(encoding.utf8(bytes(at: start >> 3, count: count)))
        case .structure, .variant, .optional, .array, .sequence: return .missing
        }
    }

    private mutating func elements(
        _ element: LayoutNode, _ count: UInt64, from start: Int, _ position: inout Int
    ) -> Value? {
        guard let length = Self.bounded(count, left: end - start) else { return nil }
        position = start
        switch element.content {
        case .text(let encoding):
            guard length <= (end - start) >> 3 else { return nil }
            position = start + length * 8
            let text = bytes(at: start >> 3, count: length)
            return .string(encoding.utf8(UnsafeRawBufferPointer(rebasing: text[..<encoding.end(of: text).count])))
        case .blob:
            guard length <= (end - start) >> 3 else { return nil }
            position = start + length * 8
            return .blob([UInt8](bytes(at: start >> 3, count: length)))
        case .numbers: break
        }
        var values: [Value] = []
        for _ in 0..<length {
            budget -= 1
            guard budget >= 0, let value = value(element, at: &position) else { return nil }
            values.append(value)
        }
        return .array(values)
    }

    private func bytes(at byte: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: packet + byte, count: count)
    }
}

extension BitArrayClass {
    /// The value of an instance whose end has been checked.
    fileprivate func value(_ packet: UnsafeRawPointer, at start: Int) -> Value {
        var bytes = [UInt8](repeating: 0, count: (bits + 7) / 8)
        for place in 0..<bits {
            let bit = start + place
            let shift = byteOrder == .little ? bit & 7 : 7 - bit & 7
            guard packet.load(fromByteOffset: bit >> 3, as: UInt8.self) >> UInt8(shift) & 1 == 1 else { continue }
            // In the order of bytes the first bit is the lowest of a little-endian value, the highest of another.
            let index = (byteOrder == .little) != isReversed ? place : bits - 1 - place
            bytes[index >> 3] |= 1 << UInt8(index & 7)
        }
        switch content {
        case .boolean: return .boolean(bytes.contains { $0 != 0 })
        case .bits: return .bits(bytes, count: bits, labels: [])
        case .flags(let mappings):
            var labels: [String] = []
            for flag in mappings where labels.last != flag.label {
                let isSet = (0..<bits).contains { index in
                    flag.lower <= UInt64(index) && UInt64(index) <= flag.upper
                        && bytes[index >> 3] >> UInt8(index & 7) & 1 == 1
                }
                if isSet { labels.append(flag.label) }
            }
            return .bits(bytes, count: bits, labels: labels)
        }
    }
}
