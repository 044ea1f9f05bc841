// MARK: Types

extension Parser {
    /// A type with no declarator: what stands after ":=", or before it in a typealias.
    mutating func type() throws(MetadataError) -> TypeSyntax {
        let location = token.location
        if let type = try constructed() { return type }
        return .name(try words(), location)
    }

    /// integer, floating_point, string, struct, variant and enum; nil for a type that is only named.
    private mutating func constructed() throws(MetadataError) -> TypeSyntax? {
        depth += 1
        defer { depth -= 1 }
        let location = token.location
        guard depth <= Self.deepest else {
            throw MetadataError(location: location, message: "types are nested deeper than \(Self.deepest)")
        }
        if isWord("const") { try advance() }
        guard case .identifier(let word) = token.kind else { throw unexpected("a type") }
        let hasBody = following.kind == .symbol("{")
        switch word {
        case "integer" where hasBody:
            try advance()
            return .integer(try attributes(), location)
        case "floating_point" where hasBody:
            try advance()
            return .floatingPoint(try attributes(), location)
        case "string":
            try advance()
            return .string(hasBody ? try attributes() : [], location)
        case "struct": return try structure()
        case "variant": return try variant()
        case "enum": return try enumeration()
        default: return nil
        }
    }

    /// All names up to the next symbol: "unsigned long".
    private mutating func words() throws(MetadataError) -> [String] {
        var words = [try name("a type")]
        while case .identifier(let word) = token.kind {
            if word != "const" { words.append(word) }
            try advance()
        }
        return words
    }

    private mutating func structure() throws(MetadataError) -> TypeSyntax {
        let location = token.location
        try advance()
        var name: String?
        if case .identifier(let word) = token.kind, word != "align" || following.kind != .symbol("(") {
            name = word
            try advance()
        }
        let members = isSymbol("{") ? try members() : nil
        guard name != nil || members != nil else { throw unexpected("a name or '{' after 'struct'") }
        var alignment: UInt64?
        if isWord("align"), following.kind == .symbol("(") {
            try advance()
            try advance()
            guard case .integer(let value) = token.kind else { throw unexpected("an alignment in bits") }
            guard value.nonzeroBitCount == 1, value <= 1 << 20 else { throw unexpected("a power of two") }
            alignment = value
            try advance()
            try expect(")")
        }
        return .structure(name: name, members: members, alignment: alignment, location)
    }

    private mutating func variant() throws(MetadataError) -> TypeSyntax {
        let location = token.location
        try advance()
        var name: String?
        if case .identifier(let word) = token.kind {
            name = word
            try advance()
        }
        var tag: [String]?
        if try take("<") {
            tag = try path("the name of a variant's tag")
            try expect(">")
        }
        let members = isSymbol("{") ? try members() : nil
        guard name != nil || members != nil else { throw unexpected("a name, '<' or '{' after 'variant'") }
        return .variant(name: name, tag: tag, members: members, location)
    }

    private mutating func enumeration() throws(MetadataError) -> TypeSyntax {
        let location = token.location
        try advance()
        var name: String?
        if case .identifier(let word) = token.kind {
            name = word
            try advance()
        }
        let container = try take(":") ? try type() : nil
        var enumerators: [EnumeratorSyntax]?
        if try take("{") {
            var all: [EnumeratorSyntax] = []
            while !isSymbol("}") {
                all.append(try enumerator())
                if !isSymbol("}") { try expect(",") }
            }
            try expect("}")
            enumerators = all
        }
        guard name != nil || enumerators != nil else { throw unexpected("a name or '{' after 'enum'") }
        return .enumeration(name: name, container: container, enumerators: enumerators, location)
    }

    private mutating func enumerator() throws(MetadataError) -> EnumeratorSyntax {
        let location = token.location
        let label: String
        switch token.kind {
        case .identifier(let word), .string(let word): label = word
        default: throw unexpected("a label")
        }
        try advance()
        guard try take("=") else { return EnumeratorSyntax(label: label, range: nil, location: location) }
        let lower = try integer()
        let upper = try take("...") ? try integer() : lower
        return EnumeratorSyntax(label: label, range: (lower, upper), location: location)
    }

    // MARK: Members

    private mutating func members() throws(MetadataError) -> [MemberSyntax] {
        try expect("{")
        var members: [MemberSyntax] = []
        while !isSymbol("}") {
            if try take(";") { continue }
            if isWord("typealias") || isWord("typedef") {
                for alias in try aliases() { members.append(.alias(alias)) }
            } else {
                try field(into: &members)
            }
        }
        try expect("}")
        return members
    }

    private mutating func field(into members: inout [MemberSyntax]) throws(MetadataError) {
        var (type, declarator) = try typeAndDeclarator()
        if declarator == nil, isSymbol(";") {
            guard case .name = type else {
                members.append(.declaration(type))
                return try expect(";")
            }
            throw unexpected("the name of a field")
        }
        repeat {
            let location = token.location
            let name = if let declarator { declarator } else { try name("the name of a field") }
            members.append(
                .field(FieldSyntax(type: type, name: name, dimensions: try dimensions(), location: location)))
            declarator = nil
            // "uint8_t a, b;" declares both.
        } while try take(",")
        try expect(";")
    }

    /// A type and, where the type is only named, the declarator that the last of its words is.
    private mutating func typeAndDeclarator() throws(MetadataError) -> (TypeSyntax, String?) {
        let location = token.location
        if let type = try constructed() { return (type, nil) }
        var words = try words()
        guard words.count > 1 else { throw unexpected("the name of a field") }
        let declarator = words.removeLast()
        return (.name(words, location), declarator)
    }

    private mutating func dimensions() throws(MetadataError) -> [LengthSyntax] {
        var dimensions: [LengthSyntax] = []
        while try take("[") {
            guard dimensions.count < Self.deepest else {
                throw MetadataError(location: token.location, message: "types are nested deeper than \(Self.deepest)")
            }
            if case .integer(let length) = token.kind {
                dimensions.append(.constant(length))
                try advance()
            } else {
                dimensions.append(.reference(try path("a length or the name of a field")))
            }
            try expect("]")
        }
        return dimensions
    }

    // MARK: Aliases

    /// "typedef TYPE NAME, NAME[4];" or "typealias TYPE := NAME;".
    mutating func aliases() throws(MetadataError) -> [AliasSyntax] {
        let location = token.location
        let isTypedef = isWord("typedef")
        try advance()
        var aliases: [AliasSyntax] = []
        if isTypedef {
            var (type, declarator) = try typeAndDeclarator()
            repeat {
                let name = if let declarator { declarator } else { try name("the name of a type") }
                let dimensions = try dimensions()
                aliases.append(AliasSyntax(type: type, dimensions: dimensions, name: [name], location: location))
                declarator = nil
            } while try take(",")
        } else {
            let type = try type()
            let dimensions = try dimensions()
            try expect(":=")
            aliases.append(AliasSyntax(type: type, dimensions: dimensions, name: try words(), location: location))
        }
        try expect(";")
        return aliases
    }
}
