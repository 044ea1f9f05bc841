/// Reads the field classes of CTF 2's metadata.
struct FieldClassReader {
    /// More bits are refused: no tracer has such a field.
    private static let mostBits: UInt64 = 1 << 23

    let lines: LineTable
    let notes: MetadataNotes
    /// Classes by the names that fragments gave them.
    private var aliases: [String: FieldClass] = [:]

    init(lines: LineTable, notes: MetadataNotes) { (self.lines, self.notes) = (lines, notes) }

    mutating func declare(_ name: String, _ type: FieldClass, at value: JSONValue) throws(JSONFault) {
        guard aliases.updateValue(type, forKey: name) == nil else {
            throw JSONFault(value, expected: "a name that no field class has yet")
        }
    }

    // MARK: Classes

    /// A field class, or the one of a name.
    func fieldClass(_ value: JSONValue) throws(JSONFault) -> FieldClass {
        if case .string(let name) = value.kind {
            guard let type = aliases[name] else { throw JSONFault(value, expected: "the name of a field class") }
            return type
        }
        let object = try JSONObject(value, "a field class or the name of one")
        let type = try object.requiredString("type")
        switch type {
        case "fixed-length-bit-array": return try bits(object, type, content: .bits)
        case "fixed-length-bit-map": return try flags(object, type)
        case "fixed-length-boolean": return try bits(object, type, content: .boolean)
        case "fixed-length-unsigned-integer": return try fixedInteger(object, type, isSigned: false)
        case "fixed-length-signed-integer": return try fixedInteger(object, type, isSigned: true)
        case "fixed-length-floating-point-number": return try float(object, type)
        case "variable-length-unsigned-integer": return try variableInteger(object, type, isSigned: false)
        case "variable-length-signed-integer": return try variableInteger(object, type, isSigned: true)
        case "null-terminated-string":
            check(object, type, ["encoding"])
            return .string(try encoding(object))
        case "static-length-string":
            check(object, type, ["length", "encoding"])
            return try bytes(object, .text(try encoding(object)), roles: [])
        case "static-length-blob":
            check(object, type, ["length", "media-type", "roles"])
            _ = try object.string("media-type")
            return try bytes(object, .blob, roles: try roles(object))
        case "dynamic-length-string":
            check(object, type, ["length-field-location", "encoding"])
            return try dynamicBytes(object, .text(try encoding(object)))
        case "dynamic-length-blob":
            check(object, type, ["length-field-location", "media-type"])
            _ = try object.string("media-type")
            return try dynamicBytes(object, .blob)
        case "structure": return .structure(try structure(object))
        case "static-length-array", "dynamic-length-array": return try array(object, type)
        case "optional": return try optional(object, type)
        case "variant": return try variant(object, type)
        default: throw JSONFault(try object.required("type"), expected: "a type of field classes")
        }
    }

    /// The structure that a scope is; nil where the fragment has none.
    func scope(_ object: JSONObject, _ name: String) throws(JSONFault) -> StructureClass? {
        guard let value = object[name] else { return nil }
        guard case .structure(let structure) = try fieldClass(value) else {
            throw JSONFault(value, expected: "a structure")
        }
        return structure
    }

    // MARK: Bits

    private static let bitNames: Set<String> = ["length", "byte-order", "bit-order", "alignment"]

    private struct Bits {
        var count: Int
        var alignment: Int
        var order: ByteOrder
        var isReversed: Bool
    }

    private func bits(_ object: JSONObject) throws(JSONFault) -> Bits {
        let count = try object.requiredUnsigned("length", from: 1, to: Self.mostBits)
        _ = try object.required("byte-order")
        let order =
            try object.word("byte-order", of: ["little-endian": ByteOrder.little, "big-endian": .big]) ?? .little
        let isFirstLast = try object.word("bit-order", of: ["first-to-last": false, "last-to-first": true])
        return Bits(
            count: Int(count), alignment: try object.alignment("alignment"), order: order,
            isReversed: isFirstLast.map { $0 != (order == .big) } ?? false)
    }

    private func bits(
        _ object: JSONObject, _ type: String, content: BitArrayClass.Content
    ) throws(JSONFault) -> FieldClass {
        check(object, type, Self.bitNames)
        let bits = try bits(object)
        guard bits.count <= 64 else { return wide(bits, content) }
        let integer = IntegerClass(
            bits: bits.count, alignment: bits.alignment, byteOrder: bits.order, base: 16, isReversed: bits.isReversed)
        if case .boolean = content { return .boolean(integer) }
        return .integer(integer)
    }

    private func wide(_ bits: Bits, _ content: BitArrayClass.Content) -> FieldClass {
        .bits(
            BitArrayClass(
                bits: bits.count, alignment: bits.alignment, byteOrder: bits.order, isReversed: bits.isReversed,
                content: content))
    }

    private func flags(_ object: JSONObject, _ type: String) throws(JSONFault) -> FieldClass {
        check(object, type, Self.bitNames.union(["flags"]))
        let bits = try bits(object)
        _ = try object.required("flags")
        let flags = try object.labels("flags").flatMap { flag in
            flag.ranges.compactMap { $0.mapping(flag.label, isSigned: false) }
        }
        guard !flags.isEmpty else { throw JSONFault(try object.required("flags"), expected: "at least one flag") }
        guard bits.count <= 64 else { return wide(bits, .flags(flags)) }
        let integer = IntegerClass(
            bits: bits.count, alignment: bits.alignment, byteOrder: bits.order, base: 16, isReversed: bits.isReversed)
        return .enumeration(EnumerationClass(container: integer, mappings: flags, isFlags: true))
    }

    private func float(_ object: JSONObject, _ type: String) throws(JSONFault) -> FieldClass {
        check(object, type, Self.bitNames)
        let bits = try bits(object)
        switch bits.count {
        case 16, 32, 64:
            return .floatingPoint(
                FloatingPointClass(
                    bits: bits.count, alignment: bits.alignment, byteOrder: bits.order, isReversed: bits.isReversed))
        // A number of this width is shown by its bits.
        case 128...Int.max where bits.count % 32 == 0: return wide(bits, .bits)
        default:
            throw JSONFault(try object.required("length"), expected: "16, 32, 64, or a multiple of 32 from 128 on")
        }
    }

    // MARK: Integers

    private func fixedInteger(_ object: JSONObject, _ type: String, isSigned: Bool) throws(JSONFault) -> FieldClass {
        check(
            object, type,
            Self.bitNames.union(["preferred-display-base", "mappings"]).union(isSigned ? [] : ["roles"]))
        let bits = try bits(object)
        // A number of this width is shown by its bits.
        guard bits.count <= 64 else { return wide(bits, .bits) }
        return try labelled(
            object,
            IntegerClass(
                bits: bits.count, alignment: bits.alignment, isSigned: isSigned, byteOrder: bits.order,
                base: try base(object), isReversed: bits.isReversed, roles: isSigned ? [] : try roles(object)))
    }

    private func variableInteger(
        _ object: JSONObject, _ type: String, isSigned: Bool
    ) throws(JSONFault) -> FieldClass {
        check(object, type, Set(["preferred-display-base", "mappings"]).union(isSigned ? [] : ["roles"]))
        return try labelled(
            object,
            IntegerClass(
                bits: 64, alignment: 8, isSigned: isSigned, base: try base(object), isVariableLength: true,
                roles: isSigned ? [] : try roles(object)))
    }

    private func labelled(_ object: JSONObject, _ integer: IntegerClass) throws(JSONFault) -> FieldClass {
        let labels = try object.labels("mappings")
        guard !labels.isEmpty else { return .integer(integer) }
        let mappings = labels.flatMap { label in
            label.ranges.compactMap { $0.mapping(label.label, isSigned: integer.isSigned) }
        }
        return .enumeration(EnumerationClass(container: integer, mappings: mappings))
    }

    private func base(_ object: JSONObject) throws(JSONFault) -> Int {
        guard let base = try object.unsigned("preferred-display-base") else { return 10 }
        guard [2, 8, 10, 16].contains(base) else {
            throw JSONFault(try object.required("preferred-display-base"), expected: "2, 8, 10 or 16")
        }
        return Int(base)
    }

    private func roles(_ object: JSONObject) throws(JSONFault) -> FieldRoles {
        var roles: FieldRoles = []
        guard let value = object["roles"] else { return roles }
        for element in try JSONObject.array(value) {
            let name = try JSONObject.string(element)
            if let role = FieldRoles.names[name] {
                roles.insert(role)
            } else {
                note(element, "the role \(JSONFault.quoted(name)) is unknown, and is ignored")
            }
        }
        return roles
    }

    // MARK: Texts and blobs

    private func encoding(_ object: JSONObject) throws(JSONFault) -> TextEncoding {
        try object.word(
            "encoding",
            of: [
                "utf-8": .utf8, "utf-16be": .utf16BigEndian, "utf-16le": .utf16LittleEndian,
                "utf-32be": .utf32BigEndian, "utf-32le": .utf32LittleEndian,
            ]) ?? .utf8
    }

    private func byte(_ content: IntegerClass.Content, roles: FieldRoles = []) -> FieldClass {
        .integer(IntegerClass(bits: 8, alignment: 8, content: content, roles: roles))
    }

    private func bytes(
        _ object: JSONObject, _ content: IntegerClass.Content, roles: FieldRoles
    ) throws(JSONFault) -> FieldClass {
        let length = try object.requiredUnsigned("length", to: 1 << 32)
        guard !roles.contains(.metadataUUID) || length == 16 else {
            throw JSONFault(try object.required("length"), expected: "16, the bytes of a UUID")
        }
        return .array(
            ArrayClass(element: byte(content, roles: roles), length: Int(length), minimumAlignment: 1, depth: 2))
    }

    private func dynamicBytes(
        _ object: JSONObject, _ content: IntegerClass.Content
    ) throws(JSONFault) -> FieldClass {
        .sequence(
            SequenceClass(
                element: byte(content), length: try location(object, "length-field-location"), minimumAlignment: 1,
                depth: 2))
    }

    // MARK: Notes

    /// Notes the properties of an object that its type does not have.
    func check(_ object: JSONObject, _ what: String, _ known: Set<String>, isExtensible: Bool = true) {
        for member in object.members where !known.contains(member.name) && member.name != "type" {
            switch member.name {
            case "attributes" where isExtensible: break
            case "extensions" where isExtensible:
                guard case .object(let namespaces) = member.value.kind, namespaces.isEmpty else {
                    note(member.value, "extensions that the preamble does not declare are ignored")
                    continue
                }
            default:
                note(
                    member.value, "\(JSONFault.quoted(member.name)) is not a property of \(what), and is ignored")
            }
        }
    }

    func note(_ value: JSONValue, _ message: String) {
        notes.add(MetadataError(location: lines.location(of: value.offset), message: message))
    }
}
