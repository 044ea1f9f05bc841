/// The names of types that one pair of braces, or the whole text, declares.
final class TypeScope {
    struct VariantBody {
        var tag: [String]?
        var options: [StructureClass.Member]
    }

    private let parent: TypeScope?
    private var aliases: [String: FieldClass] = [:]
    private var structures: [String: FieldClass] = [:]
    private var variants: [String: VariantBody] = [:]
    private var enumerations: [String: FieldClass] = [:]

    init(parent: TypeScope? = nil) { self.parent = parent }

    func alias(_ name: String) -> FieldClass? { aliases[name] ?? parent?.alias(name) }
    func structure(_ name: String) -> FieldClass? { structures[name] ?? parent?.structure(name) }
    func variant(_ name: String) -> VariantBody? { variants[name] ?? parent?.variant(name) }
    func enumeration(_ name: String) -> FieldClass? { enumerations[name] ?? parent?.enumeration(name) }

    /// Declares a name; false if this scope has it already.
    func declareAlias(_ name: String, _ type: FieldClass) -> Bool { Self.declare(name, type, &aliases) }
    func declareStructure(_ name: String, _ type: FieldClass) -> Bool { Self.declare(name, type, &structures) }
    func declareVariant(_ name: String, _ body: VariantBody) -> Bool { Self.declare(name, body, &variants) }
    func declareEnumeration(_ name: String, _ type: FieldClass) -> Bool { Self.declare(name, type, &enumerations) }

    private static func declare<Value>(_ name: String, _ value: Value, _ table: inout [String: Value]) -> Bool {
        guard table[name] == nil else { return false }
        table[name] = value
        return true
    }
}
