/// A function's name as a person would write it: `JSONParser.object(depth:)`, `closure #1 in run()`.
///
/// Made from the demangled declaration: without module, types of parameters and results, generic arguments, and the words for how the
/// compiler specialized or split the function. The form is kept stable: signatures of failures are made of it.
struct FunctionName {
    /// The name.
    let text: String
    /// Whether it is a function that only the compiler knows of, or one of the hooks that a throw goes through.
    let isNoise: Bool

    /// Makes the name of a function from the linker's.
    init(_ linkageName: String) {
        guard let declaration = Demangler.declaration(linkageName) else {
            text = linkageName == "main" ? "main" : linkageName
            isNoise = Self.isHook(linkageName)
            return
        }
        let body = Self.withoutPrefixes(declaration)
        isNoise = Self.noise.contains { body.hasPrefix($0) } || Self.isHook(body)
        text = Self.readable(body)
    }

    private static let noise = [
        "partial apply forwarder", "reabstraction thunk", "protocol witness for", "dispatch thunk of",
        "vtable thunk for",
        "outlined ", "type metadata", "lazy protocol witness", "value witness", "@objc ", "associated type",
        "protocol conformance", "generic type metadata", "back deployment thunk", "back deployment fallback",
        "key path ", "curry thunk of", "async function pointer", "Swift.runtime thunk", "thunk for ",
    ]

    private static func isHook(_ name: String) -> Bool {
        name.hasPrefix("swift_willThrow") || name.hasPrefix("Swift._willThrowTyped")
            || name.hasPrefix("_willThrowTyped")
    }

    /// Words that come before a declaration and say nothing to its author.
    private static let prefixes = [
        "merged ", "static ", "specialized ", "override ", "dynamically replaceable ", "nonisolated(nonsending) ",
    ]
    /// Ways to specialize or split a function: the function itself is what follows the first " of " or " for " behind them.
    private static let derived = [
        "generic specialization <", "generic not re-abstracted specialization <", "generic partial specialization <",
        "generic pre-specialization <", "function signature specialization <", "inlined generic function <",
        "implicit-closure specialization <", "closed-over ",
    ]

    private static func withoutPrefixes(_ declaration: String) -> String {
        var rest = Substring(declaration)
        var isChanged = true
        while isChanged {
            isChanged = false
            for prefix in prefixes where rest.hasPrefix(prefix) {
                rest = rest.dropFirst(prefix.count)
                isChanged = true
            }
            for prefix in derived where rest.hasPrefix(prefix) {
                var scanner = DeclarationScanner(rest)
                guard let found = scanner.after(" of ") else { continue }
                rest = found
                isChanged = true
            }
            // "(1) await resume partial function for ": an async function is split at each await.
            if rest.hasPrefix("("), let end = rest.firstIndex(of: ")"),
                rest[rest.index(after: rest.startIndex)..<end].allSatisfy(\.isNumber)
            {
                for part in [") await resume partial function for ", ") suspend resume partial function for "]
                where rest[end...].hasPrefix(part) {
                    rest = rest[end...].dropFirst(part.count)
                    isChanged = true
                }
            }
        }
        return String(rest)
    }

    private static func readable(_ declaration: String) -> String {
        for start in [
            "default argument ", "variable initialization expression of ", "property wrapper backing initializer of ",
        ]
        where declaration.hasPrefix(start) {
            var scanner = DeclarationScanner(Substring(declaration))
            guard let entity = scanner.after("of ") else { break }
            return declaration.prefix(declaration.utf8.count - entity.utf8.count)
                + readable(withoutPrefixes(String(entity)))
        }
        var scanner = DeclarationScanner(Substring(declaration))
        let name = scanner.name()
        guard let context = scanner.after(" in ") else { return name }
        return name + " in " + readable(withoutPrefixes(String(context)))
    }
}
