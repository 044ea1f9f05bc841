/// A word of the metadata language.
struct Token: Sendable {
    enum Kind: Sendable, Equatable {
        case identifier(String)
        case integer(UInt64)
        case string(String)
        case symbol(String)
        case end
    }

    var kind: Kind
    var location: SourceLocation

    /// The token as error messages quote it.
    var text: String {
        switch kind {
        case .identifier(let name): "'\(name)'"
        case .integer(let value): "\(value)"
        case .string(let text): "\"\(text.prefix(40))\""
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end of the text"
        }
    }
}
