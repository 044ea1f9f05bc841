/// Where the field is that gives a length or chooses an option.
///
/// The two languages of metadata look for it in different ways; the layout resolves both.
public struct FieldReference: Sendable {
    enum Target: Sendable {
        /// CTF 1.8: a name that is looked for in the structures around the field, from inside out, then in the scopes
        /// before; or a path from a scope.
        case name([String])
        /// CTF 2: from a scope's structure, or from the one around the field; nil steps to the structure around.
        case path(origin: LayoutCompiler.Scope?, [String?])
    }

    let target: Target
    let location: SourceLocation
}

extension FieldReference: CustomStringConvertible {
    /// "stream.event.context.count", "event-record-payload.count".
    public var description: String {
        switch target {
        case .name(let names): names.joined(separator: ".")
        case .path(let origin, let names):
            ([origin?.origin].compactMap { $0 } + names.map { $0 ?? "null" }).joined(separator: ".")
        }
    }
}
