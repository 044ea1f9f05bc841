/// A function's name as a person would write it: `JSONParser.object(depth:)`, `closure #1 in run()`.
///
/// Made from the demangled declaration: without module, types of parameters and results, generic arguments, and the
/// words for how the compiler specialized or split the function. The form is kept stable: signatures of failures are
/// made of it.
struct FunctionName {
    /// The name.
    let text: String
    /// Whether it is a function that only the compiler knows of, or one of the hooks that a throw goes through.
    let isNoise: Bool

    /// The whole demangled declaration; empty if it is not Swift's.
    private let declaration: String

    /// Makes the name of a function from the linker's, and its plain one if it has one.
    init(_ linkageName: String, plain: String = "") {
        guard let declaration = Demangler.declaration(linkageName) else {
            text = plain.isEmpty ? linkageName : plain
            isNoise = Self.isHook(linkageName)
            self.declaration = ""
            return
        }
        let body = Self.withoutPrefixes(declaration)
        self.declaration = declaration
        isNoise =
            Self.noise.contains { body.hasPrefix($0) } || body.contains(" value witness for ") || Self.isHook(body)
        // The linker keeps one of several functions of the same code, under the name of any of them.
        text = Self.readable(body) + (declaration.hasPrefix("merged ") ? " or one merged with it" : "")
    }

    /// Whether this is a copy of a function that the optimizer made for certain arguments.
    ///
    /// The function itself then often does nothing
    /// but call it.
    func isCopy(of original: FunctionName) -> Bool {
        !original.declaration.isEmpty && declaration.hasSuffix("> of " + original.declaration)
    }

    /// The module that declares the function, or the one that it is in; empty if it is not Swift's.
    ///
    /// An extension's functions are those of the module that has the extension, whatever it extends.
    var swiftModule: String {
        var scanner = DeclarationScanner(Substring(Self.outermost(Substring(Self.withoutPrefixes(declaration)))))
        return scanner.module()
    }

    /// The declaration that is in no other function: that of `f()` for "closure #1 in closure #2 in f()".
    private static func outermost(_ declaration: Substring) -> Substring {
        var scanner = DeclarationScanner(declaration)
        if let context = scanner.after(" in ") { return outermost(Substring(withoutPrefixes(String(context)))) }
        guard parts.contains(where: declaration.hasPrefix) else { return declaration }
        scanner = DeclarationScanner(declaration)
        guard let whole = scanner.after("of ") else { return declaration }
        return outermost(Substring(withoutPrefixes(String(whole))))
    }

    private static let noise = [
        "partial apply forwarder", "reabstraction thunk", "protocol witness for", "dispatch thunk of",
        "vtable thunk for",
        "outlined ", "type metadata", "lazy protocol witness", "@objc ", "associated type",
        "protocol conformance", "generic type metadata", "back deployment thunk", "back deployment fallback",
        "key path ", "curry thunk of", "async function pointer", "Swift.runtime thunk", "thunk for ",
    ]

    /// Whether it is a function that every throw goes through.
    private static func isHook(_ name: String) -> Bool {
        name.hasPrefix("swift_willThrow") || name.hasPrefix("Swift._willThrowTyped")
            || name.hasPrefix("_willThrowTyped")
    }

    /// Words that come before a declaration and say nothing to its author.
    private static let prefixes = [
        "merged ", "static ", "specialized ", "override ", "dynamically replaceable ", "nonisolated(nonsending) ",
    ]
    /// Ways to specialize a function: the function itself is what follows "> of ".
    private static let derived = [
        "generic specialization <", "generic not re-abstracted specialization <", "generic partial specialization <",
        "generic pre-specialization <", "function signature specialization <", "inlined generic function <",
    ]

    /// What the compiler makes a function of its own of: a part of the declaration that follows "of ".
    private static let parts = [
        "default argument ", "variable initialization expression of ", "property wrapper backing initializer of ",
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
            // Looked for as text: the brackets around a propagated closure do not balance.
            for prefix in derived where rest.hasPrefix(prefix) {
                guard let end = rest.firstRange(of: "> of ") else { continue }
                rest = rest[end.upperBound...]
                isChanged = true
            }
            if let whole = withoutResumption(rest) {
                rest = whole
                isChanged = true
            }
        }
        return String(rest)
    }

    /// The function of which a declaration is a part, as "(1) await resume partial function for f()" is.
    ///
    /// An async function is split at each suspension. `nil` if the declaration is no part.
    private static func withoutResumption(_ declaration: Substring) -> Substring? {
        guard declaration.first == "(", let end = declaration.firstIndex(of: ")"),
            declaration[..<end].dropFirst().allSatisfy(\.isNumber)
        else { return nil }
        for part in [") await resume partial function for ", ") suspend resume partial function for "]
        where declaration[end...].hasPrefix(part) {
            return declaration[end...].dropFirst(part.count)
        }
        return nil
    }

    private static func readable(_ declaration: String) -> String {
        if parts.contains(where: declaration.hasPrefix) {
            var scanner = DeclarationScanner(Substring(declaration))
            if let entity = scanner.after("of ") {
                return declaration.prefix(declaration.utf8.count - entity.utf8.count)
                    + readable(withoutPrefixes(String(entity)))
            }
        }
        var scanner = DeclarationScanner(Substring(declaration))
        let name = scanner.name()
        guard let context = scanner.after(" in ") else { return name }
        return name + " in " + readable(withoutPrefixes(String(context)))
    }
}
