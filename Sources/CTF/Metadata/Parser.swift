/// Parses the metadata language (TSDL) of CTF 1.8, appendix C of its specification.
///
/// The grammar is C's, where only a table of names tells a type from a declarator; here the last word before a bracket,
/// comma or semicolon is the declarator, so parsing needs no table, and names are looked up afterwards.
struct Parser {
    /// Types nested deeper than this are refused, so that input cannot exhaust the stack.
    static let deepest = 64

    private var lexer: Lexer
    var token: Token
    var following: Token
    var depth = 0

    init(_ bytes: [UInt8]) throws(MetadataError) {
        lexer = Lexer(bytes)
        token = try lexer.next()
        following = try lexer.next()
    }

    /// Parses a whole text.
    static func parse(_ bytes: [UInt8]) throws(MetadataError) -> [StatementSyntax] {
        var parser = try Parser(bytes)
        var statements: [StatementSyntax] = []
        while parser.token.kind != .end {
            if try parser.take(";") { continue }
            try parser.statement(into: &statements)
        }
        return statements
    }

    // MARK: Tokens

    mutating func advance() throws(MetadataError) {
        token = following
        following = try lexer.next()
    }

    func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

    func isWord(_ word: String) -> Bool { token.kind == .identifier(word) }

    /// Steps over a symbol if it is next.
    mutating func take(_ symbol: String) throws(MetadataError) -> Bool {
        guard isSymbol(symbol) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(MetadataError) {
        guard isSymbol(symbol) else { throw unexpected("'\(symbol)'") }
        try advance()
    }

    mutating func name(_ what: String) throws(MetadataError) -> String {
        guard case .identifier(let name) = token.kind else { throw unexpected(what) }
        try advance()
        return name
    }

    func unexpected(_ expected: String) -> MetadataError {
        MetadataError(location: token.location, message: "expected \(expected), found \(token.text)")
    }
}
