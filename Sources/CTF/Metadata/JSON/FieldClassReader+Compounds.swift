// MARK: Compounds

extension FieldClassReader {
    func structure(_ object: JSONObject) throws(JSONFault) -> StructureClass {
        check(object, "structure", ["member-classes", "minimum-alignment"])
        var members: [StructureClass.Member] = []
        var names: Set<String> = []
        if let value = object["member-classes"] {
            for element in try JSONObject.array(value) {
                let member = try JSONObject(element)
                check(member, "a member", ["name", "field-class"])
                let name = try member.requiredString("name")
                guard names.insert(name).inserted else {
                    throw JSONFault(try member.required("name"), expected: "a name that no other member has")
                }
                let type = try fieldClass(try member.required("field-class"))
                members.append(StructureClass.Member(rawName: name, name: name, fieldClass: type))
            }
        }
        return StructureClass(
            members: members, minimumAlignment: try object.alignment("minimum-alignment"),
            depth: try depth(of: members.map(\.fieldClass), object))
    }

    func array(_ object: JSONObject, _ type: String) throws(JSONFault) -> FieldClass {
        let isStatic = type == "static-length-array"
        check(
            object, type, ["element-field-class", "minimum-alignment", isStatic ? "length" : "length-field-location"])
        let element = try fieldClass(try object.required("element-field-class"))
        let alignment = try object.alignment("minimum-alignment")
        let depth = try depth(of: [element], object)
        guard isStatic else {
            return .sequence(
                SequenceClass(
                    element: element, length: try location(object, "length-field-location"),
                    minimumAlignment: alignment, depth: depth))
        }
        return .array(
            ArrayClass(
                element: element, length: Int(try object.requiredUnsigned("length", to: 1 << 32)),
                minimumAlignment: alignment, depth: depth))
    }

    func optional(_ object: JSONObject, _ type: String) throws(JSONFault) -> FieldClass {
        check(object, type, ["field-class", "selector-field-location", "selector-field-ranges"])
        let inner = try fieldClass(try object.required("field-class"))
        var ranges: [IntegerRange]?
        if let value = object["selector-field-ranges"] { ranges = try JSONObject.ranges(value) }
        return .optional(
            OptionalClass(
                selector: try location(object, "selector-field-location"), ranges: ranges, fieldClass: inner,
                depth: try depth(of: [inner], object)))
    }

    func variant(_ object: JSONObject, _ type: String) throws(JSONFault) -> FieldClass {
        check(object, type, ["options", "selector-field-location"])
        let value = try object.required("options")
        var options: [VariantClass.Option] = []
        var names: Set<String> = []
        var taken: [IntegerRange] = []
        for element in try JSONObject.array(value) {
            let option = try JSONObject(element)
            check(option, "an option", ["name", "field-class", "selector-field-ranges"])
            let name = try option.string("name")
            if let name, !names.insert(name).inserted {
                throw JSONFault(try option.required("name"), expected: "a name that no other option has")
            }
            let ranges = try JSONObject.ranges(try option.required("selector-field-ranges"))
            guard
                !ranges.contains(where: { range in
                    taken.contains { $0.lower <= range.upper && range.lower <= $0.upper }
                })
            else {
                let place = try option.required("selector-field-ranges")
                throw JSONFault(place, expected: "values that no other option has")
            }
            taken += ranges
            options.append(
                VariantClass.Option(
                    rawName: name ?? "", name: name ?? "",
                    fieldClass: try fieldClass(try option.required("field-class")), ranges: ranges))
        }
        guard !options.isEmpty else { throw JSONFault(value, expected: "at least one option") }
        return .variant(
            VariantClass(
                selector: try location(object, "selector-field-location"), options: options, chosen: nil,
                depth: try depth(of: options.map(\.fieldClass), object)))
    }

    func location(_ object: JSONObject, _ name: String) throws(JSONFault) -> FieldReference {
        let value = try object.required(name)
        let location = try JSONObject(value, "a field location")
        check(location, "a field location", ["origin", "path"], isExtensible: false)
        var origin: LayoutCompiler.Scope?
        if let value = location["origin"] {
            let name = try JSONObject.string(value)
            origin = LayoutCompiler.Scope.allCases.first { $0.origin == name }
            guard origin != nil else { throw JSONFault(value, expected: "the name of a scope") }
        }
        let elements = try JSONObject.array(try location.required("path"))
        var path: [String?] = []
        for element in elements {
            if case .null = element.kind { path.append(nil) } else { path.append(try JSONObject.string(element)) }
        }
        guard let last = path.last, last != nil else {
            throw JSONFault(try location.required("path"), expected: "a path that ends with a name")
        }
        return FieldReference(
            target: .path(origin: origin, path), location: lines.location(of: location.value.offset))
    }

    private func depth(of types: [FieldClass], _ object: JSONObject) throws(JSONFault) -> Int {
        let depth = 1 + (types.map(\.depth).max() ?? 0)
        guard depth <= Parser.deepest else {
            throw JSONFault(at: object.value.offset, "types are nested deeper than \(Parser.deepest)")
        }
        return depth
    }
}
