// MARK: Statements, blocks and values

extension Parser {
    static let blocks: Set<String> = ["trace", "env", "clock", "stream", "event", "callsite"]

    mutating func statement(into statements: inout [StatementSyntax]) throws(MetadataError) {
        if case .identifier(let word) = token.kind, Self.blocks.contains(word), following.kind == .symbol("{") {
            statements.append(.block(try block()))
        } else if isWord("typealias") || isWord("typedef") {
            for alias in try aliases() { statements.append(.alias(alias)) }
        } else if isWord("struct") || isWord("variant") || isWord("enum") {
            statements.append(.declaration(try type()))
            try expect(";")
        } else {
            throw unexpected("trace, env, clock, stream, event, typealias, typedef, struct, variant or enum")
        }
    }

    private mutating func block() throws(MetadataError) -> BlockSyntax {
        let location = token.location
        let kind = try name("a block")
        try expect("{")
        var entries: [BlockSyntax.Entry] = []
        while !isSymbol("}") {
            if take(";") { continue }
            if isWord("typealias") || isWord("typedef") {
                for alias in try aliases() { entries.append(.alias(alias)) }
            } else if isWord("struct") || isWord("variant") || isWord("enum") {
                entries.append(.declaration(try type()))
                try expect(";")
            } else {
                entries.append(try entry())
            }
        }
        try expect("}")
        return BlockSyntax(kind: kind, entries: entries, location: location)
    }

    private mutating func entry() throws(MetadataError) -> BlockSyntax.Entry {
        let location = token.location
        let path = try self.path("the name of an attribute")
        if take(":=") {
            let type = try type()
            try expect(";")
            return .type(path: path.joined(separator: "."), type, location)
        }
        guard isSymbol("=") else { throw unexpected("'=' or ':='") }
        advance()
        let value = try self.value()
        try expect(";")
        return .attribute(AttributeSyntax(path: path, value: value, location: location))
    }

    /// "size = 8; align = 8;" between braces.
    mutating func attributes() throws(MetadataError) -> [AttributeSyntax] {
        try expect("{")
        var attributes: [AttributeSyntax] = []
        while !isSymbol("}") {
            if take(";") { continue }
            let location = token.location
            let path = try self.path("the name of an attribute")
            try expect("=")
            attributes.append(AttributeSyntax(path: path, value: try value(), location: location))
            if !isSymbol("}") { try expect(";") }
        }
        try expect("}")
        return attributes
    }

    /// "clock.monotonic.value".
    mutating func path(_ what: String) throws(MetadataError) -> [String] {
        var path = [try name(what)]
        while take(".") { path.append(try name("a name after '.'")) }
        return path
    }

    private mutating func value() throws(MetadataError) -> ValueSyntax {
        switch token.kind {
        case .string(var text):
            advance()
            // Texts that stand side by side are one, as in C.
            while case .string(let more) = token.kind {
                text += more
                advance()
            }
            return .string(text)
        case .identifier: return .path(try path("a value"))
        default: return .integer(try integer())
        }
    }

    mutating func integer() throws(MetadataError) -> IntegerSyntax {
        var isNegative = false
        if take("-") { isNegative = true } else { _ = take("+") }
        guard case .integer(let magnitude) = token.kind else { throw unexpected("an integer") }
        if isNegative, magnitude > 1 << 63 { throw unexpected("an integer of at most 64 bits") }
        advance()
        return IntegerSyntax(magnitude: magnitude, isNegative: isNegative)
    }
}
