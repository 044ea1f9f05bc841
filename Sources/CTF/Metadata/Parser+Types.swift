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
            throw MetadataError(
                location: location, message: "expected types nested at most \(Self.deepest) deep, found deeper ones")
        }
        if isWord("const") { advance() }
        guard case .identifier(let word) = token.kind else { throw unexpected("a type") }
        let hasBody = following.kind == .symbol("{")
        switch word {
        case "integer" where hasBody:
            advance()
            return .integer(try attributes(), location)
        case "floating_point" where hasBody:
            advance()
            return .floatingPoint(try attributes(), location)
        case "string":
            advance()
            return .string(hasBody ? try attributes() : [], location)
        case "struct": return try structure()
        case "variant": return try variant()
        case "enum": return try enumeration()
        default: return nil
        }
    }

    /// All names and stars up to the next symbol: "unsigned long", "char * name".
    private mutating func words() throws(MetadataError) -> [String] {
        while isWord("const") { advance() }
        var words = [try name("a type")]
        while true {
            if take("*") {
                words.append("*")
            } else if case .identifier(let word) = token.kind {
                if word != "const" { words.append(word) }
                advance()
            } else {
                return words
            }
        }
    }

    private mutating func structure() throws(MetadataError) -> TypeSyntax {
        let location = token.location
        advance()
        var name: String?
        if case .identifier(let word) = token.kind, word != "align" || following.kind != .symbol("(") {
            name = word
            advance()
        }
        let members = isSymbol("{") ? try members() : nil
        guard name != nil || members != nil else { throw unexpected("a name or '{' after 'struct'") }
        var alignment: UInt64?
        if isWord("align"), following.kind == .symbol("(") {
            advance()
            advance()
            guard case .integer(let value) = token.kind else { throw unexpected("an alignment in bits") }
            guard value.nonzeroBitCount == 1, value <= 1 << 20 else { throw unexpected("a power of two") }
            alignment = value
            advance()
            try expect(")")
        }
        return .structure(name: name, members: members, alignment: alignment, location)
    }

    /// The name at the position, if there is one, and goes on behind it.
    private mutating func takeName() -> String? {
        guard case .identifier(let word) = token.kind else { return nil }
        advance()
        return word
    }

    private mutating func variant() throws(MetadataError) -> TypeSyntax {
        let location = token.location
        advance()
        let name = takeName()
        var tag: [String]?
        if take("<") {
            tag = try path("the name of a variant's tag")
            try expect(">")
        }
        let members = isSymbol("{") ? try members() : nil
        guard name != nil || members != nil else { throw unexpected("a name, '<' or '{' after 'variant'") }
        return .variant(name: name, tag: tag, members: members, location)
    }

    private mutating func enumeration() throws(MetadataError) -> TypeSyntax {
        let location = token.location
        advance()
        let name = takeName()
        let container = take(":") ? try type() : nil
        var enumerators: [EnumeratorSyntax]?
        if take("{") {
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
        advance()
        guard take("=") else { return EnumeratorSyntax(label: label, range: nil, location: location) }
        let lower = try integer()
        let upper = take("...") ? try integer() : lower
        return EnumeratorSyntax(label: label, range: (lower, upper), location: location)
    }

    // MARK: Members

    private mutating func members() throws(MetadataError) -> [MemberSyntax] {
        try expect("{")
        var members: [MemberSyntax] = []
        while !isSymbol("}") {
            if take(";") { continue }
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
            guard !isSymbol(":") else {
                throw MetadataError(
                    location: token.location,
                    message: "expected an integer with a size and an alignment of 1, found a bit-field")
            }
            members.append(
                .field(FieldSyntax(type: type, name: name, dimensions: try dimensions(), location: location)))
            declarator = nil
            // "uint8_t a, b;" declares both.
        } while take(",")
        try expect(";")
    }

    /// A type and, where the type is only named, the declarator that the last of its words is.
    private mutating func typeAndDeclarator() throws(MetadataError) -> (TypeSyntax, String?) {
        let location = token.location
        if let type = try constructed() { return (type, nil) }
        var words = try words()
        guard words.count > 1, words.last != "*" else { throw unexpected("the name of a field") }
        let declarator = words.removeLast()
        return (.name(words, location), declarator)
    }

    private mutating func dimensions() throws(MetadataError) -> [LengthSyntax] {
        var dimensions: [LengthSyntax] = []
        while take("[") {
            guard dimensions.count < Self.deepest else {
                throw MetadataError(
                    location: token.location,
                    message: "expected types nested at most \(Self.deepest) deep, found deeper ones")
            }
            if case .integer(let length) = token.kind {
                dimensions.append(.constant(length))
                advance()
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
        advance()
        var aliases: [AliasSyntax] = []
        if isTypedef {
            var (type, declarator) = try typeAndDeclarator()
            repeat {
                let name = if let declarator { declarator } else { try name("the name of a type") }
                let dimensions = try dimensions()
                aliases.append(AliasSyntax(type: type, dimensions: dimensions, name: [name], location: location))
                declarator = nil
            } while take(",")
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
