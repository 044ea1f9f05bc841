/// What is known of a place between two fields: whether it is at a byte, and which order the bits before it have.
///
/// In a byte there is one order of bits only: a trace whose order changes within a byte is refused, as what either
/// field is cannot be told.
struct BitPlace {
    /// Bits beyond the last byte; nil where that depends on the packet.
    private var bits: Int?
    /// The orders that the bits of a byte begun may have; none at a byte.
    private var orders: Set<ByteOrder> = []

    /// At a byte.
    static let atByte = BitPlace(bits: 0)

    /// Steps over a node.
    ///
    /// - Returns: false where a field of it may begin inside a byte with bits of another order.
    mutating func pass(_ node: LayoutNode) -> Bool {
        align(to: node.alignment)
        switch node.kind {
        case .integer(let type), .boolean(let type): return passInteger(type)
        case .enumeration(let type): return passInteger(type.container)
        case .floatingPoint(let type): return pass(type.bits, type.byteOrder)
        case .bits(let type): return pass(type.bits, type.byteOrder)
        case .string:
            self = .atByte
            return true
        case .structure(let members): return members.allSatisfy { pass($0.node) }
        case .variant(_, _, let options): return pass(options.map(\.node), orNone: false)
        case .optional(_, _, _, let inner): return pass([inner], orNone: true)
        case .array(let length, let element): return pass(element, least: length, most: length, node.fixedBits)
        case .sequence(_, let element): return pass(element, least: 0, most: .max, nil)
        }
    }

    private mutating func align(to alignment: Int) {
        if alignment >= 8 { bits = 0 } else { bits = bits.map { roundUp($0, alignment) & 7 } }
        if bits == 0 { orders = [] }
    }

    private mutating func passInteger(_ type: IntegerClass) -> Bool {
        guard !type.isVariableLength else {
            self = .atByte
            return true
        }
        return pass(type.bits, type.byteOrder)
    }

    private mutating func pass(_ count: Int, _ order: ByteOrder) -> Bool {
        guard orders.isSubset(of: [order]) else { return false }
        bits = bits.map { ($0 + count) & 7 }
        orders = bits == 0 ? [] : [order]
        return true
    }

    private mutating func pass(_ nodes: [LayoutNode], orNone: Bool) -> Bool {
        var ends = orNone ? [self] : []
        for node in nodes {
            var end = self
            guard end.pass(node) else { return false }
            ends.append(end)
        }
        join(ends)
        return true
    }

    /// - Parameter total: The size of all elements, where it is known.
    private mutating func pass(_ element: LayoutNode, least: Int, most: Int, _ total: Int?) -> Bool {
        let start = self
        guard most > 0 else { return true }
        guard pass(element) else { return false }
        let once = self
        guard most == 1 || pass(element) else { return false }
        let twice = self
        join((least == 0 ? [start] : []) + (least <= 1 ? [once] : []) + (most > 1 ? [twice] : []))
        if let total, let first = start.bits {
            bits = (roundUp(first, element.alignment) + total) & 7
            if bits == 0 { orders = [] }
        } else if most > 2, once.bits != twice.bits {
            bits = nil
        }
        return true
    }

    private mutating func join(_ places: [BitPlace]) {
        guard let first = places.first else { return }
        self = first
        for place in places.dropFirst() {
            if place.bits != bits { bits = nil }
            orders.formUnion(place.orders)
        }
    }
}
