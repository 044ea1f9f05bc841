// MARK: Field locations of CTF 2

extension LayoutCompiler {
    /// A structure on the way of a location.
    private enum Stop {
        /// One that is being compiled, by its place among the open ones.
        case open(Int)
        /// One that is complete.
        case node(LayoutNode)
    }

    /// The fields that a location may mean: several where its way goes through the options of a variant.
    ///
    /// A way leads through an array only in the element that is being compiled.
    func located(
        _ origin: Scope?, _ path: [String?], _ reference: FieldReference
    ) throws(MetadataError) -> [LayoutNode] {
        func missing(_ what: String) -> MetadataError {
            fault(reference.location, "expected the location of \(what), found '\(reference)'")
        }
        // The structures that were gone through: nil steps back.
        var way: [[Stop]]
        switch origin {
        case nil: way = open.indices.map { [.open($0)] }
        case .some(let origin) where origin == scope: way = open.isEmpty ? [] : [[.open(0)]]
        case .some(let origin):
            way = origin.rawValue < scope.rawValue ? roots[origin].map { [[.node($0)]] } ?? [] : []
        }
        guard !way.isEmpty else { throw missing("a field that stands before") }
        for (place, name) in path.enumerated() {
            guard let name else {
                guard way.count > 1 else { throw missing("a field in a structure around this one") }
                way.removeLast()
                continue
            }
            let isLast = place == path.count - 1
            var next: [Stop] = []
            for stop in way[way.count - 1] {
                switch stop {
                case .open(let level):
                    if let node = open[level].fields.last(where: { $0.member.name == name })?.node {
                        next += Self.reached(node).map { .node($0) }
                    } else if open[level].current?.name == name {
                        next += open[level].siblings.flatMap(Self.reached).map { .node($0) }
                        if level + 1 < open.count { next.append(.open(level + 1)) }
                    }
                case .node(let node):
                    guard case .structure(let fields) = node.kind,
                        let field = fields.last(where: { $0.member.name == name })
                    else { continue }
                    next += Self.reached(field.node).map { .node($0) }
                }
            }
            if isLast {
                let found = next.compactMap { stop -> LayoutNode? in
                    if case .node(let node) = stop { node } else { nil }
                }
                guard !found.isEmpty else { throw missing("a field that stands before") }
                return found
            }
            next = next.filter { stop in
                guard case .node(let node) = stop else { return true }
                if case .structure = node.kind { return true } else { return false }
            }
            guard !next.isEmpty else { throw missing("a field that stands before") }
            way.append(next)
        }
        throw missing("a field")
    }

    /// What a field is, where it may be one of several, or nothing.
    private static func reached(_ node: LayoutNode) -> [LayoutNode] {
        switch node.kind {
        case .variant(_, _, let options): options.flatMap { reached($0.node) }
        case .optional(_, _, _, let inner): reached(inner)
        default: [node]
        }
    }
}
