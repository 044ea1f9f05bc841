/// Puts types in their places: resolves what sequences, variants and optional fields refer to, and computes alignments
/// and sizes.
///
/// One compiler serves one stream class. An integer that another field refers to gets a place among the stream's saved
/// integers: the decoder stores it when it passes, whatever scope it is in.
struct LayoutCompiler {
    /// The scopes in the order in which they stand in a packet; a relative reference looks in its own, then in those
    /// before it.
    enum Scope: Int, CaseIterable {
        case packetHeader, packetContext, eventHeader, streamEventContext, eventContext, eventFields

        /// CTF 2's name.
        var origin: String {
            switch self {
            case .packetHeader: "packet-header"
            case .packetContext: "packet-context"
            case .eventHeader: "event-record-header"
            case .streamEventContext: "event-record-common-context"
            case .eventContext: "event-record-specific-context"
            case .eventFields: "event-record-payload"
            }
        }

        /// CTF 1.8's absolute name.
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
    struct OpenStructure {
        /// Those that are complete.
        var fields: [(member: StructureClass.Member, node: LayoutNode)] = []
        /// The field that is being compiled.
        var current: StructureClass.Member?
        /// That field is the next open structure itself, and no element or option of it.
        var isNext = false
        /// Options of that field that are complete.
        var siblings: [LayoutNode] = []
    }

    /// More nodes than this in one scope are refused: types that use types twice, many levels deep, grow without bound.
    private static let mostNodes = 100_000

    /// Complete scopes.
    var roots: [Scope: LayoutNode] = [:]
    /// How many integers are saved.
    private(set) var savedCount = 0
    /// The structures around the type being compiled, outermost first.
    private(set) var open: [OpenStructure] = []
    private(set) var scope = Scope.packetHeader
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
                .integer(integer), alignment: integer.alignment,
                fixedBits: integer.isVariableLength ? nil : integer.bits,
                granularity: Self.granularity(integer.alignment, integer.bits))
        case .enumeration(let enumeration):
            let integer = enumeration.container
            return LayoutNode(
                .enumeration(enumeration), alignment: integer.alignment,
                fixedBits: integer.isVariableLength ? nil : integer.bits,
                granularity: Self.granularity(integer.alignment, integer.bits))
        case .floatingPoint(let float):
            return LayoutNode(
                .floatingPoint(float), alignment: float.alignment, fixedBits: float.bits,
                granularity: Self.granularity(float.alignment, float.bits))
        case .boolean(let integer):
            return LayoutNode(
                .boolean(integer), alignment: integer.alignment, fixedBits: integer.bits,
                granularity: Self.granularity(integer.alignment, integer.bits))
        case .bits(let bits):
            return LayoutNode(
                .bits(bits), alignment: bits.alignment, fixedBits: bits.bits,
                granularity: Self.granularity(bits.alignment, bits.bits))
        case .string(let encoding):
            return LayoutNode(.string(encoding), alignment: 8, fixedBits: nil, granularity: 8)
        case .structure(let structure): return try self.structure(structure)
        case .variant(let variant): return try self.variant(variant)
        case .optional(let optional): return try self.optional(optional)
        case .array(let array):
            let element = try node(array.element)
            return LayoutNode(
                .array(length: array.length, element), alignment: max(array.minimumAlignment, element.alignment),
                fixedBits: try Self.size(of: element, count: array.length, location), granularity: element.granularity)
        case .sequence(let sequence):
            let lengths = try resolve(sequence.length)
            guard lengths.allSatisfy({ $0.isNumber && $0.integer?.isSigned == false }) else {
                throw fault(sequence.length.location, "expected '\(sequence.length)' to be an unsigned integer")
            }
            let saved = save(lengths)
            let element = try node(sequence.element)
            return LayoutNode(
                .sequence(length: saved, element), alignment: max(sequence.minimumAlignment, element.alignment),
                fixedBits: nil,
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
            open[open.count - 1].current = member
            if case .structure = member.fieldClass { open[open.count - 1].isNext = true }
            let field = try node(member.fieldClass)
            fields.append((member, field))
            open[open.count - 1].fields.append((member, field))
            open[open.count - 1].current = nil
            open[open.count - 1].isNext = false
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
        let selectors = try resolve(variant.selector)
        guard let container = selectors[0].integer, selectors.allSatisfy({ $0.isNumber }),
            selectors.allSatisfy({ $0.integer?.isSigned == container.isSigned })
        else {
            throw fault(variant.selector.location, "expected '\(variant.selector)' to be integers of one sign")
        }
        var labels: [EnumerationClass.Mapping] = []
        if case .enumeration(let enumeration) = selectors[0].kind { labels = enumeration.mappings }
        if labels.isEmpty, variant.options.contains(where: { $0.ranges == nil }) {
            throw fault(variant.selector.location, "expected '\(variant.selector)' to be an enumeration")
        }
        let saved = save(selectors)
        var options: [LayoutNode.Option] = []
        var granularity = 8
        let siblings = open.last?.siblings.count ?? 0
        for option in variant.options {
            var ranges =
                option.ranges?.compactMap { $0.mapping(option.name, isSigned: container.isSigned) }
                ?? labels.filter { $0.label == option.rawName }
            if ranges.isEmpty, option.ranges == nil { ranges = labels.filter { $0.label == option.name } }
            let node = try node(option.fieldClass)
            granularity = min(granularity, node.granularity)
            options.append(LayoutNode.Option(name: option.name, ranges: ranges, node: node))
            if !open.isEmpty { open[open.count - 1].siblings.append(node) }
        }
        if !open.isEmpty { open[open.count - 1].siblings.removeLast(open[open.count - 1].siblings.count - siblings) }
        return LayoutNode(
            .variant(selector: saved, container: container, options), alignment: 1, fixedBits: nil,
            granularity: granularity)
    }

    private mutating func optional(_ optional: OptionalClass) throws(MetadataError) -> LayoutNode {
        let selectors = try resolve(optional.selector)
        guard let container = selectors[0].integer,
            selectors.allSatisfy({ $0.isNumber != (optional.ranges == nil) }),
            selectors.allSatisfy({ $0.integer?.isSigned == container.isSigned })
        else {
            let expected = optional.ranges == nil ? "a boolean of at most 64 bits" : "integers of one sign"
            throw fault(optional.selector.location, "expected '\(optional.selector)' to be \(expected)")
        }
        let saved = save(selectors)
        let ranges =
            optional.ranges?.compactMap { $0.mapping("", isSigned: container.isSigned) }
            ?? [EnumerationClass.Mapping(label: "", lower: 1, upper: .max)]
        let node = try node(optional.fieldClass)
        return LayoutNode(
            .optional(selector: saved, container: container, ranges, node), alignment: 1, fixedBits: nil,
            granularity: node.granularity)
    }

    /// A variant of one option: its tag is a place that nothing is saved to, and so 0.
    private mutating func chosen(_ option: VariantClass.Option) throws(MetadataError) -> LayoutNode {
        let node = try node(option.fieldClass)
        let tag = savedCount
        savedCount += 1
        let number = IntegerClass(bits: 8, alignment: 8)
        let all = EnumerationClass.Mapping(label: option.rawName, lower: 0, upper: 0)
        return LayoutNode(
            .variant(
                selector: tag, container: number, [LayoutNode.Option(name: option.name, ranges: [all], node: node)]),
            alignment: 1, fixedBits: nil, granularity: node.granularity)
    }

    // MARK: References

    /// Gives some integers, of which one at a time is in an event, one place to be saved at.
    private mutating func save(_ nodes: [LayoutNode]) -> Int {
        let place: Int
        if let known = nodes.first(where: { $0.saved >= 0 })?.saved,
            nodes.allSatisfy({ [-1, known].contains($0.saved) })
        {
            place = known
        } else {
            place = savedCount
            savedCount += 1
        }
        for node in nodes { node.save(at: place) }
        return place
    }

    /// The fields that a reference may mean: at least one, all of them integers or booleans.
    private func resolve(_ reference: FieldReference) throws(MetadataError) -> [LayoutNode] {
        let found: [LayoutNode]
        switch reference.target {
        case .name(let path): found = [try named(path, reference.location)]
        case .path(let origin, let path): found = try located(origin, path, reference)
        }
        guard !found.isEmpty, found.allSatisfy({ $0.integer != nil }) else {
            throw fault(reference.location, "expected '\(reference)' to be an integer")
        }
        return found
    }

    private func named(_ path: [String], _ location: SourceLocation) throws(MetadataError) -> LayoutNode {
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
        throw fault(location, "expected the name of a field that stands before, found '\(path.joined(separator: "."))'")
    }

    /// Looks among the fields of a structure that is not complete, and of those that are being compiled inside it.
    private func find(_ path: ArraySlice<String>, inOpen level: Int) -> LayoutNode? {
        guard level < open.count, let first = path.first else { return nil }
        if open[level].isNext, let next = open[level].current, next.rawName == first || next.name == first,
            path.count > 1,
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

    func fault(_ location: SourceLocation, _ message: String) -> MetadataError {
        MetadataError(location: location, message: message)
    }
}
