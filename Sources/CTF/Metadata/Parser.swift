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
    /// What is not a token, where the text seems to end: told when the parser comes there, not one token before.
    private var fault: MetadataError?

    init(_ lexer: Lexer) {
        self.lexer = lexer
        token = Token(kind: .end, location: SourceLocation(line: 1, column: 1))
        following = token
        advance()
        advance()
    }

    /// Parses a whole text.
    static func parse(_ bytes: [UInt8]) throws(MetadataError) -> [StatementSyntax] {
        var parser = Parser(Lexer(bytes))
        var statements: [StatementSyntax] = []
        while try !parser.isAtEnd() {
            if parser.take(";") { continue }
            try parser.statement(into: &statements)
        }
        return statements
    }

    /// Whether all was parsed.
    func isAtEnd() throws(MetadataError) -> Bool {
        guard token.kind == .end else { return false }
        if let fault { throw fault }
        return true
    }

    // MARK: Tokens

    mutating func advance() {
        token = following
        guard fault == nil else { return }
        do throws(MetadataError) {
            following = try lexer.next()
        } catch {
            fault = error
            following = Token(kind: .end, location: error.location)
        }
    }

    func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

    func isWord(_ word: String) -> Bool { token.kind == .identifier(word) }

    /// Steps over a symbol if it is next.
    mutating func take(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(MetadataError) {
        guard isSymbol(symbol) else { throw unexpected("'\(symbol)'") }
        advance()
    }

    mutating func name(_ what: String) throws(MetadataError) -> String {
        guard case .identifier(let name) = token.kind else { throw unexpected(what) }
        advance()
        return name
    }

    func unexpected(_ expected: String) -> MetadataError {
        if token.kind == .end, let fault { return fault }
        return MetadataError(location: token.location, message: "expected \(expected), found \(token.text)")
    }
}
