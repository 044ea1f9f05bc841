/// Puts types in their places: resolves what sequences and variants refer to, and computes alignments and sizes.
///
/// One compiler serves one stream class. An integer that another field refers to gets a place among the stream's saved
/// integers: the decoder stores it when it passes, whatever scope it is in.
struct LayoutCompiler {
    /// The scopes in the order in which they stand in a packet; a relative reference looks in its own, then in those
    /// before it.
    enum Scope: Int, CaseIterable {
        case packetHeader, packetContext, eventHeader, streamEventContext, eventContext, eventFields

        /// The absolute name.
        var path: [String] {
            switch self {
            case .packetHeader: ["trace", "packet", "header"]
            case .packetContext: ["stream", "packet", "context"]
            case .eventHeader: ["stream", "event", "header"]
            case .streamEventContext: ["stream", "event", "context"]
            case .eventContext: ["event", "context"]
            case .eventFields: ["event", "fields"]
            }
        }
    }

    /// A structure whose fields are being compiled.
    private struct OpenStructure {
        /// Those that are complete.
        var fields: [(member: StructureClass.Member, node: LayoutNode)] = []
        /// The field that the next open structure is, where it is that itself and no element or option of it.
        var next: StructureClass.Member?
    }

    /// More nodes than this in one scope are refused: types that use types twice, many levels deep, grow without bound.
    private static let mostNodes = 100_000

    /// Complete scopes.
    var roots: [Scope: LayoutNode] = [:]
    /// How many integers are saved.
    private(set) var savedCount = 0
    /// The structures around the type being compiled, outermost first.
    private var open: [OpenStructure] = []
    private var scope = Scope.packetHeader
    private var nodeCount = 0
    private var location: SourceLocation

    init(location: SourceLocation) { self.location = location }

    /// Compiles a scope and remembers it for references from later ones; nil for one that the trace does not have.
    mutating func compile(
        _ structure: StructureClass?, as scope: Scope, location: SourceLocation
    ) throws(MetadataError) -> LayoutNode? {
        roots[scope] = nil
        guard let structure else { return nil }
        self.scope = scope
        self.location = location
        open = []
        nodeCount = 0
        let node = try self.node(.structure(structure))
        roots[scope] = node
        return node
    }

    // MARK: Nodes

    private mutating func node(_ type: FieldClass) throws(MetadataError) -> LayoutNode {
        nodeCount += 1
        guard nodeCount <= Self.mostNodes else {
            throw fault(location, "a type has more than \(Self.mostNodes) fields")
        }
        switch type {
        case .integer(let integer):
            return LayoutNode(
                .integer(integer), alignment: integer.alignment, fixedBits: integer.bits,
                granularity: Self.granularity(integer.alignment, integer.bits))
        case .enumeration(let enumeration):
            let integer = enumeration.container
            return LayoutNode(
                .enumeration(enumeration), alignment: integer.alignment, fixedBits: integer.bits,
                granularity: Self.granularity(integer.alignment, integer.bits))
        case .floatingPoint(let float):
            return LayoutNode(
                .floatingPoint(float), alignment: float.alignment, fixedBits: float.bits,
                granularity: Self.granularity(float.alignment, float.bits))
        case .string: return LayoutNode(.string, alignment: 8, fixedBits: nil, granularity: 8)
        case .structure(let structure): return try self.structure(structure)
        case .variant(let variant): return try self.variant(variant)
        case .array(let array):
            let element = try node(array.element)
            return LayoutNode(
                .array(length: array.length, element), alignment: element.alignment,
                fixedBits: try Self.size(of: element, count: array.length, location), granularity: element.granularity)
        case .sequence(let sequence):
            let length = try reference(sequence.length, sequence.location)
            guard let integer = length.integer, !integer.isSigned else {
                throw fault(sequence.location, "expected '\(dotted(sequence.length))' to be an unsigned integer")
            }
            let saved = save(length)
            let element = try node(sequence.element)
            return LayoutNode(
                .sequence(length: saved, element), alignment: element.alignment, fixedBits: nil,
                granularity: element.granularity)
        }
    }

    private mutating func structure(_ structure: StructureClass) throws(MetadataError) -> LayoutNode {
        open.append(OpenStructure())
        var fields: [(member: StructureClass.Member, node: LayoutNode)] = []
        var alignment = structure.minimumAlignment
        var fixed: Int? = 0
        var granularity = 8
        for member in structure.members {
            if case .structure = member.fieldClass { open[open.count - 1].next = member }
            let field = try node(member.fieldClass)
            fields.append((member, field))
            open[open.count - 1].fields.append((member, field))
            open[open.count - 1].next = nil
            alignment = max(alignment, field.alignment)
            granularity = min(granularity, field.granularity)
            if let start = fixed, let bits = field.fixedBits {
                fixed = roundUp(start, field.alignment) + bits
                guard roundUp(start, field.alignment) + bits <= Self.largest else { throw tooLarge(location) }
            } else {
                fixed = nil
            }
        }
        open.removeLast()
        return LayoutNode(.structure(fields), alignment: alignment, fixedBits: fixed, granularity: granularity)
    }

    private mutating func variant(_ variant: VariantClass) throws(MetadataError) -> LayoutNode {
        if let chosen = variant.chosen { return try self.chosen(variant.options[chosen]) }
        let tag = try reference(variant.tag, variant.location)
        guard case .enumeration(let enumeration) = tag.kind else {
            throw fault(variant.location, "expected '\(dotted(variant.tag))' to be an enumeration")
        }
        let saved = save(tag)
        var options: [LayoutNode.Option] = []
        var granularity = 8
        for option in variant.options {
            var ranges = enumeration.mappings.filter { $0.label == option.rawName }
            if ranges.isEmpty { ranges = enumeration.mappings.filter { $0.label == option.name } }
            let node = try node(option.fieldClass)
            granularity = min(granularity, node.granularity)
            options.append(LayoutNode.Option(name: option.name, ranges: ranges, node: node))
        }
        return LayoutNode(
            .variant(tag: saved, container: enumeration.container, options), alignment: 1, fixedBits: nil,
            granularity: granularity)
    }

    /// A variant of one option: its tag is a place that nothing is saved to, and so 0.
    private mutating func chosen(_ option: StructureClass.Member) throws(MetadataError) -> LayoutNode {
        let node = try node(option.fieldClass)
        let tag = savedCount
        savedCount += 1
        let number = IntegerClass(
            bits: 8, alignment: 8, isSigned: false, byteOrder: .little, base: 10, isText: false, clock: nil)
        let all = EnumerationClass.Mapping(label: option.rawName, lower: 0, upper: 0)
        return LayoutNode(
            .variant(tag: tag, container: number, [LayoutNode.Option(name: option.name, ranges: [all], node: node)]),
            alignment: 1, fixedBits: nil, granularity: node.granularity)
    }

    // MARK: References

    private mutating func save(_ node: LayoutNode) -> Int {
        if node.saved < 0 {
            node.saved = savedCount
            savedCount += 1
        }
        return node.saved
    }

    private func reference(_ path: [String], _ location: SourceLocation) throws(MetadataError) -> LayoutNode {
        for scope in Scope.allCases where path.starts(with: scope.path) && path.count > scope.path.count {
            let rest = path[scope.path.count...]
            let found =
                scope == self.scope ? find(rest, inOpen: 0) : roots[scope].flatMap { Self.find(rest, in: $0) }
            if let found { return found }
        }
        for level in open.indices.reversed() {
            if let found = find(path[...], inOpen: level) { return found }
        }
        for scope in Scope.allCases.reversed() where scope.rawValue < self.scope.rawValue {
            if let root = roots[scope], let found = Self.find(path[...], in: root) { return found }
        }
        throw fault(location, "expected the name of a field that stands before, found '\(dotted(path))'")
    }

    /// Looks among the fields of a structure that is not complete, and of those that are being compiled inside it.
    private func find(_ path: ArraySlice<String>, inOpen level: Int) -> LayoutNode? {
        guard level < open.count, let first = path.first else { return nil }
        if let next = open[level].next, next.rawName == first || next.name == first, path.count > 1,
            let found = find(path.dropFirst(), inOpen: level + 1)
        {
            return found
        }
        return Self.find(path, in: open[level].fields)
    }

    private static func find(_ path: ArraySlice<String>, in node: LayoutNode) -> LayoutNode? {
        switch node.kind {
        case .structure(let fields): return find(path, in: fields)
        case .variant(_, _, let options):
            guard let first = path.first,
                let option = options.first(where: { $0.name == first || "_" + $0.name == first })
            else { return nil }
            return path.count == 1 ? option.node : find(path.dropFirst(), in: option.node)
        default: return nil
        }
    }

    private static func find(
        _ path: ArraySlice<String>, in fields: [(member: StructureClass.Member, node: LayoutNode)]
    ) -> LayoutNode? {
        guard let first = path.first else { return nil }
        guard
            let field = fields.last(where: { $0.member.rawName == first })
                ?? fields.last(where: { $0.member.name == first })
        else { return nil }
        return path.count == 1 ? field.node : find(path.dropFirst(), in: field.node)
    }

    // MARK: Sizes

    /// No type may be larger: sums and products of sizes then stay far from overflow.
    private static let largest = 1 << 40

    private static func size(
        of element: LayoutNode, count: Int, _ location: SourceLocation
    ) throws(MetadataError) -> Int? {
        if count == 0 { return 0 }
        guard let bits = element.fixedBits, let stride = element.stride else { return nil }
        let (product, overflow) = stride.multipliedReportingOverflow(by: count - 1)
        guard !overflow, product <= largest else {
            throw MetadataError(location: location, message: "a type is larger than a packet can be")
        }
        return product + bits
    }

    private func tooLarge(_ location: SourceLocation) -> MetadataError {
        fault(location, "a type is larger than a packet can be")
    }

    private static func granularity(_ alignment: Int, _ bits: Int) -> Int {
        alignment % 8 == 0 && bits % 8 == 0 ? 8 : 1
    }

    private func dotted(_ path: [String]) -> String { path.joined(separator: ".") }

    private func fault(_ location: SourceLocation, _ message: String) -> MetadataError {
        MetadataError(location: location, message: message)
    }
}
