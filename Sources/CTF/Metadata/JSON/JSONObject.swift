/// An object of the metadata whose properties are looked up by name, with the type that each must have.
struct JSONObject {
    let value: JSONValue
    let members: [JSONValue.Member]

    init(_ value: JSONValue, _ what: String = "an object") throws(JSONFault) {
        guard case .object(let members) = value.kind else { throw JSONFault(value, expected: what) }
        (self.value, self.members) = (value, members)
    }

    subscript(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    func required(_ name: String) throws(JSONFault) -> JSONValue {
        if let value = self[name] { return value }
        throw JSONFault(at: value.offset, "expected a property \(JSONFault.quoted(name)), found none")
    }

    // MARK: Texts

    func string(_ name: String) throws(JSONFault) -> String? {
        guard let value = self[name] else { return nil }
        return try Self.string(value)
    }

    func requiredString(_ name: String) throws(JSONFault) -> String { try Self.string(try required(name)) }

    static func string(_ value: JSONValue) throws(JSONFault) -> String {
        guard case .string(let text) = value.kind else { throw JSONFault(value, expected: "a text") }
        return text
    }

    /// One of some words.
    func word<Word>(_ name: String, of words: KeyValuePairs<String, Word>) throws(JSONFault) -> Word? {
        guard let value = self[name] else { return nil }
        if case .string(let text) = value.kind, let word = words.first(where: { $0.key == text }) { return word.value }
        throw JSONFault(value, expected: words.map { JSONFault.quoted($0.key) }.joined(separator: " or "))
    }

    // MARK: Numbers

    func integer(_ name: String) throws(JSONFault) -> IntegerSyntax? {
        guard let value = self[name] else { return nil }
        return try Self.integer(value)
    }

    static func integer(_ value: JSONValue) throws(JSONFault) -> IntegerSyntax {
        guard case .integer(let integer) = value.kind else { throw JSONFault(value, expected: "an integer") }
        return integer
    }

    func unsigned(_ name: String, from least: UInt64 = 0, to most: UInt64 = .max) throws(JSONFault) -> UInt64? {
        guard let value = self[name] else { return nil }
        guard case .integer(let integer) = value.kind, !integer.isNegative, least <= integer.magnitude,
            integer.magnitude <= most
        else {
            throw JSONFault(value, expected: "an integer from \(least)" + (most == .max ? "" : " to \(most)"))
        }
        return integer.magnitude
    }

    func requiredUnsigned(
        _ name: String, from least: UInt64 = 0, to most: UInt64 = .max
    ) throws(JSONFault) -> UInt64 {
        _ = try required(name)
        return try unsigned(name, from: least, to: most) ?? least
    }

    /// An alignment in bits.
    func alignment(_ name: String) throws(JSONFault) -> Int {
        guard let value = try unsigned(name, from: 1, to: 1 << 20) else { return 1 }
        guard value.nonzeroBitCount == 1 else { throw JSONFault(try required(name), expected: "a power of two") }
        return Int(value)
    }

    // MARK: Arrays

    static func array(_ value: JSONValue, _ what: String = "an array") throws(JSONFault) -> [JSONValue] {
        guard case .array(let elements) = value.kind else { throw JSONFault(value, expected: what) }
        return elements
    }

    /// Ranges of integers, at least one.
    static func ranges(_ value: JSONValue) throws(JSONFault) -> [IntegerRange] {
        let elements = try array(value, "an array of ranges of integers")
        guard !elements.isEmpty else { throw JSONFault(value, expected: "at least one range of integers") }
        var ranges: [IntegerRange] = []
        for element in elements {
            let bounds = try array(element, "a range of integers")
            guard bounds.count == 2 else { throw JSONFault(element, expected: "an array of two integers") }
            let range = IntegerRange(lower: try integer(bounds[0]), upper: try integer(bounds[1]))
            guard range.lower <= range.upper else {
                throw JSONFault(bounds[1], expected: "an integer that is not below \(bounds[0].found)")
            }
            ranges.append(range)
        }
        return ranges
    }

    /// Labels and their ranges of integers.
    func labels(_ name: String) throws(JSONFault) -> [(label: String, ranges: [IntegerRange])] {
        guard let value = self[name] else { return [] }
        var labels: [(label: String, ranges: [IntegerRange])] = []
        for member in try JSONObject(value).members {
            labels.append((member.name, try Self.ranges(member.value)))
        }
        return labels
    }
}
