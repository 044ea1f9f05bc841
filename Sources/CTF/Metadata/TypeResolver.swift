/// Gives written types their meaning: looks names up and checks attributes.
struct TypeResolver {
    /// The order of integers that do not say their own.
    let nativeOrder: ByteOrder
    /// The integers of the environment, which lengths may refer to.
    var environment: [String: UInt64] = [:]
    /// The texts of the environment, which may name the options of variants.
    var environmentTexts: [String: String] = [:]
    /// The names of the clocks; nil where not all may be known.
    var clocks: Set<String>?
    /// What was ignored.
    let notes = MetadataNotes()

    init(nativeOrder: ByteOrder) { self.nativeOrder = nativeOrder }

    // MARK: Types

    func resolve(_ syntax: TypeSyntax, in scope: TypeScope) throws(MetadataError) -> FieldClass {
        switch syntax {
        case .name(let words, let location):
            let name = words.joined(separator: " ")
            guard let type = scope.alias(name) else { throw fault(location, "expected a type, found '\(name)'") }
            // Addresses are shown as such, whatever integer they are.
            if words.last == "*", case .integer(let integer) = type {
                return .integer(
                    IntegerClass(
                        bits: integer.bits, alignment: integer.alignment, isSigned: integer.isSigned,
                        byteOrder: integer.byteOrder, base: 16, content: integer.content, clock: integer.clock))
            }
            return type
        case .integer(let attributes, let location): return .integer(try integer(attributes, location))
        case .floatingPoint(let attributes, let location): return .floatingPoint(try float(attributes, location))
        case .string(let attributes, _):
            for attribute in attributes {
                if attribute.name == "encoding" { _ = try encoding(attribute) } else { ignore(attribute, of: "string") }
            }
            return .string(.utf8)
        case .structure(let name, let members, let alignment, let location):
            return try structure(name, members, alignment, location, scope)
        case .variant(let name, let tag, let members, let location):
            let body = try variant(name, tag, members, location, scope)
            guard let tag = tag ?? body.tag else { throw fault(location, "expected '<' and the variant's tag") }
            let depth = try depth(of: body.options.map(\.fieldClass), location)
            return .variant(
                VariantClass(
                    selector: FieldReference(target: .name(tag), location: location),
                    options: body.options.map {
                        VariantClass.Option(
                            rawName: $0.rawName, name: $0.name, fieldClass: $0.fieldClass, ranges: nil)
                    },
                    chosen: try chosen(by: tag, among: body.options, location), depth: depth))
        case .enumeration(let name, let container, let enumerators, let location):
            return try enumeration(name, container, enumerators, location, scope)
        }
    }

    /// Makes an array or a sequence of a type for each pair of brackets; the first pair is the outermost.
    func apply(
        _ dimensions: [LengthSyntax], to type: FieldClass, _ location: SourceLocation
    ) throws(MetadataError) -> FieldClass {
        var type = type
        for dimension in dimensions.reversed() {
            let depth = try depth(of: [type], location)
            switch dimension {
            case .constant(let length): type = .array(try array(of: type, length, depth: depth, location))
            // The environment is one for the whole trace.
            case .reference(let path) where path.count == 2 && path[0] == "env":
                guard let length = environment[path[1]] else {
                    throw fault(location, "expected '\(path[1])' of the environment to be a number from 0")
                }
                type = .array(try array(of: type, length, depth: depth, location))
            case .reference(let path):
                type = .sequence(
                    SequenceClass(
                        element: type, length: FieldReference(target: .name(path), location: location),
                        minimumAlignment: 1, depth: depth))
            }
        }
        return type
    }

    private func array(
        of type: FieldClass, _ length: UInt64, depth: Int, _ location: SourceLocation
    ) throws(MetadataError) -> ArrayClass {
        // Any greater length would not fit a packet either.
        guard length <= 1 << 32 else { throw fault(location, "an array of \(length) elements is too long") }
        return ArrayClass(element: type, length: Int(length), minimumAlignment: 1, depth: depth)
    }

    /// Declares a typedef or typealias.
    func declare(_ alias: AliasSyntax, in scope: TypeScope) throws(MetadataError) {
        let type = try apply(alias.dimensions, to: try resolve(alias.type, in: scope), alias.location)
        let name = alias.name.joined(separator: " ")
        guard scope.declareAlias(name, type) else {
            throw fault(alias.location, "the type '\(name)' is declared twice")
        }
    }

    /// Declares the name of a type that stands alone.
    func declare(_ type: TypeSyntax, in scope: TypeScope) throws(MetadataError) {
        if case .variant(let name, let tag, let members, let location) = type {
            _ = try variant(name, tag, members, location, scope)
        } else {
            _ = try resolve(type, in: scope)
        }
    }

    // MARK: Numbers

    private func integer(_ attributes: [AttributeSyntax], _ location: SourceLocation) throws(MetadataError)
        -> IntegerClass
    {
        var bits: Int?
        var alignment: Int?
        var isSigned = false
        var order = nativeOrder
        var base = 10
        var isText = false
        var clock: String?
        for attribute in attributes {
            switch attribute.name {
            case "size": bits = try number(attribute, in: 1...64)
            case "align": alignment = try self.alignment(attribute)
            case "signed": isSigned = try boolean(attribute)
            case "byte_order": order = try byteOrder(attribute)
            case "base": base = try self.base(attribute)
            case "encoding": isText = try encoding(attribute)
            case "map": clock = try self.clock(attribute)
            default: ignore(attribute, of: "integer")
            }
        }
        guard let bits else { throw fault(location, "expected an integer's size") }
        return IntegerClass(
            bits: bits, alignment: alignment ?? (bits % 8 == 0 ? 8 : 1), isSigned: isSigned, byteOrder: order,
            base: base, content: isText ? .text(.utf8) : .numbers, clock: clock)
    }

    private func float(_ attributes: [AttributeSyntax], _ location: SourceLocation) throws(MetadataError)
        -> FloatingPointClass
    {
        var exponent: Int?
        var mantissa: Int?
        var alignment: Int?
        var order = nativeOrder
        for attribute in attributes {
            switch attribute.name {
            case "exp_dig": exponent = try number(attribute, in: 1...64)
            case "mant_dig": mantissa = try number(attribute, in: 1...64)
            case "align": alignment = try self.alignment(attribute)
            case "byte_order": order = try byteOrder(attribute)
            default: ignore(attribute, of: "floating_point")
            }
        }
        switch (exponent, mantissa) {
        case (5, 11): return FloatingPointClass(bits: 16, alignment: alignment ?? 8, byteOrder: order)
        case (8, 24): return FloatingPointClass(bits: 32, alignment: alignment ?? 8, byteOrder: order)
        case (11, 53): return FloatingPointClass(bits: 64, alignment: alignment ?? 8, byteOrder: order)
        default:
            throw fault(location, "expected exp_dig and mant_dig of 5 and 11, 8 and 24 or 11 and 53")
        }
    }

    // MARK: Compounds

    private func structure(
        _ name: String?, _ members: [MemberSyntax]?, _ alignment: UInt64?, _ location: SourceLocation,
        _ scope: TypeScope
    ) throws(MetadataError) -> FieldClass {
        guard let members else {
            guard let name, let type = scope.structure(name) else {
                throw fault(location, "the structure '\(name ?? "")' is not declared")
            }
            return type
        }
        let fields = try resolve(members, in: TypeScope(parent: scope))
        let type = FieldClass.structure(
            StructureClass(
                members: fields, minimumAlignment: Int(alignment ?? 1),
                depth: try depth(of: fields.map(\.fieldClass), location)))
        if let name, !scope.declareStructure(name, type) {
            throw fault(location, "the structure '\(name)' is declared twice")
        }
        return type
    }

    private func variant(
        _ name: String?, _ tag: [String]?, _ members: [MemberSyntax]?, _ location: SourceLocation, _ scope: TypeScope
    ) throws(MetadataError) -> TypeScope.VariantBody {
        guard let members else {
            guard let name, let body = scope.variant(name) else {
                throw fault(location, "the variant '\(name ?? "")' is not declared")
            }
            return body
        }
        let body = TypeScope.VariantBody(tag: tag, options: try resolve(members, in: TypeScope(parent: scope)))
        if let name, !scope.declareVariant(name, body) {
            throw fault(location, "the variant '\(name)' is declared twice")
        }
        return body
    }

    /// The option that the environment chooses, as one for the whole trace; nil where a field is the tag.
    private func chosen(
        by tag: [String], among options: [StructureClass.Member], _ location: SourceLocation
    ) throws(MetadataError) -> Int? {
        guard tag.count == 2, tag[0] == "env" else { return nil }
        let label = environmentTexts[tag[1]]
        let place =
            options.firstIndex { $0.rawName == label } ?? options.firstIndex { $0.name == label }
        guard let place else {
            throw fault(location, "expected '\(tag[1])' of the environment to be the name of an option")
        }
        return place
    }

    private func resolve(
        _ members: [MemberSyntax], in scope: TypeScope
    ) throws(MetadataError) -> [StructureClass.Member] {
        var fields: [StructureClass.Member] = []
        var names: Set<String> = []
        for member in members {
            switch member {
            case .alias(let alias): try declare(alias, in: scope)
            case .declaration(let type): try declare(type, in: scope)
            case .field(let field):
                guard names.insert(field.name).inserted else {
                    throw fault(field.location, "the field '\(field.name)' is declared twice")
                }
                let type = try apply(field.dimensions, to: try resolve(field.type, in: scope), field.location)
                let name = field.name.hasPrefix("_") ? String(field.name.dropFirst()) : field.name
                fields.append(StructureClass.Member(rawName: field.name, name: name, fieldClass: type))
            }
        }
        guard Set(fields.map(\.name)).count < fields.count else { return fields }
        // Without the underscores two would have one name.
        return fields.map { StructureClass.Member(rawName: $0.rawName, name: $0.rawName, fieldClass: $0.fieldClass) }
    }

    private func enumeration(
        _ name: String?, _ container: TypeSyntax?, _ enumerators: [EnumeratorSyntax]?, _ location: SourceLocation,
        _ scope: TypeScope
    ) throws(MetadataError) -> FieldClass {
        guard let enumerators else {
            guard let name, let type = scope.enumeration(name) else {
                throw fault(location, "the enumeration '\(name ?? "")' is not declared")
            }
            return type
        }
        let base: FieldClass
        if let container {
            base = try resolve(container, in: scope)
        } else {
            guard let int = scope.alias("int") else {
                throw fault(location, "expected ':' and the enumeration's type, as 'int' is not declared")
            }
            base = int
        }
        guard case .integer(let integer) = base else { throw fault(location, "expected an integer type") }
        var mappings: [EnumerationClass.Mapping] = []
        var next: UInt64 = 0
        for enumerator in enumerators {
            let lower = enumerator.range?.lower.bitPattern ?? next
            let upper = enumerator.range?.upper.bitPattern ?? next
            let isOrdered = integer.isSigned ? Int64(bitPattern: lower) <= Int64(bitPattern: upper) : lower <= upper
            guard isOrdered else { throw fault(enumerator.location, "the range of '\(enumerator.label)' is backwards") }
            mappings.append(EnumerationClass.Mapping(label: enumerator.label, lower: lower, upper: upper))
            next = upper &+ 1
        }
        let type = FieldClass.enumeration(EnumerationClass(container: integer, mappings: mappings))
        if let name, !scope.declareEnumeration(name, type) {
            throw fault(location, "the enumeration '\(name)' is declared twice")
        }
        return type
    }

    private func depth(of types: [FieldClass], _ location: SourceLocation) throws(MetadataError) -> Int {
        let depth = 1 + (types.map(\.depth).max() ?? 0)
        guard depth <= Parser.deepest else { throw fault(location, "types are nested deeper than \(Parser.deepest)") }
        return depth
    }
}

// MARK: - Attributes

extension TypeResolver {
    func fault(_ location: SourceLocation, _ message: String) -> MetadataError {
        MetadataError(location: location, message: message)
    }

    /// Notes an attribute that CTF does not define for the type; fields are decoded without it.
    private func ignore(_ attribute: AttributeSyntax, of type: String) {
        notes.add(fault(attribute.location, "'\(attribute.name)' is not an attribute of \(type), and is ignored"))
    }

    func number(_ attribute: AttributeSyntax, in range: ClosedRange<UInt64>) throws(MetadataError) -> Int {
        guard case .integer(let value) = attribute.value, !value.isNegative, range.contains(value.magnitude) else {
            throw fault(
                attribute.location,
                "expected \(attribute.name) to be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(value.magnitude)
    }

    private func alignment(_ attribute: AttributeSyntax) throws(MetadataError) -> Int {
        let value = try number(attribute, in: 1...(1 << 20))
        guard value.nonzeroBitCount == 1 else { throw fault(attribute.location, "expected align to be a power of two") }
        return value
    }

    private func boolean(_ attribute: AttributeSyntax) throws(MetadataError) -> Bool {
        switch attribute.value {
        case .integer(let value) where value.magnitude <= 1: return value.magnitude == 1
        case .path(["true"]), .path(["TRUE"]): return true
        case .path(["false"]), .path(["FALSE"]): return false
        default: throw fault(attribute.location, "expected \(attribute.name) to be true or false")
        }
    }

    func byteOrder(_ attribute: AttributeSyntax) throws(MetadataError) -> ByteOrder {
        switch attribute.value {
        case .path(["le"]): return .little
        case .path(["be"]), .path(["network"]): return .big
        case .path(["native"]): return nativeOrder
        default: throw fault(attribute.location, "expected byte_order to be le, be, network or native")
        }
    }

    private func encoding(_ attribute: AttributeSyntax) throws(MetadataError) -> Bool {
        switch attribute.value {
        case .path(["none"]), .string("none"): return false
        case .path(["UTF8"]), .path(["utf8"]), .path(["ASCII"]), .path(["ascii"]): return true
        case .string(let text) where ["utf8", "utf-8", "ascii"].contains(text.lowercased()): return true
        default: throw fault(attribute.location, "expected encoding to be none, UTF8 or ASCII")
        }
    }

    private func base(_ attribute: AttributeSyntax) throws(MetadataError) -> Int {
        switch attribute.value {
        case .integer(let value) where [2, 8, 10, 16].contains(value.magnitude) && !value.isNegative:
            return Int(value.magnitude)
        case .path(let path) where path.count == 1:
            switch path[0] {
            case "decimal", "dec", "d", "i", "u": return 10
            case "hexadecimal", "hex", "x", "X", "p": return 16
            case "octal", "oct", "o": return 8
            case "binary", "bin", "b": return 2
            default: break
            }
        default: break
        }
        throw fault(attribute.location, "expected base to be 2, 8, 10 or 16, or its name")
    }

    private func clock(_ attribute: AttributeSyntax) throws(MetadataError) -> String {
        guard case .path(let path) = attribute.value, path.count == 3, path[0] == "clock", path[2] == "value" else {
            throw fault(attribute.location, "expected map to be clock.NAME.value")
        }
        if let clocks, !clocks.contains(path[1]) {
            throw fault(attribute.location, "the clock '\(path[1])' is not declared")
        }
        return path[1]
    }
}
