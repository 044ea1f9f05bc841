/// A value of a JSON text that knows where it stands.
struct JSONValue {
    indirect enum Kind {
        case null
        case boolean(Bool)
        case integer(IntegerSyntax)
        /// A number that is no integer of 64 bits: nothing in metadata is one.
        case number
        case string(String)
        case array([JSONValue])
        case object([Member])
    }

    struct Member {
        var name: String
        /// Where the name begins.
        var offset: Int
        var value: JSONValue
    }

    var kind: Kind
    /// Where in the text it begins, in bytes.
    var offset: Int

    /// What it is, as an error says it.
    var found: String {
        switch kind {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): (value.isNegative ? "-" : "") + String(value.magnitude)
        case .number: "a number that is no integer of 64 bits"
        case .string(let text): JSONFault.quoted(text)
        case .array(let elements): elements.isEmpty ? "an empty array" : "an array"
        case .object: "an object"
        }
    }

    /// The way from this value to the one that begins at a place: "payload-field-class.member-classes[2].name".
    func path(to offset: Int) -> String {
        var path = ""
        var value = self
        while value.offset < offset {
            switch value.kind {
            case .object(let members):
                guard let member = members.last(where: { $0.offset <= offset }) else { return path }
                path += (path.isEmpty ? "" : ".") + member.name
                value = member.value
            case .array(let elements):
                guard let index = elements.lastIndex(where: { $0.offset <= offset }) else { return path }
                path += "[\(index)]"
                value = elements[index]
            default: return path
            }
        }
        return path
    }
}

/// What is wrong at a place of a JSON text.
struct JSONFault: Error {
    var offset: Int
    var message: String
    /// The way to the place, where it is no value that was read.
    var path: String?
    /// The trace must not be read at all.
    var isFatal = false

    init(at offset: Int, _ message: String, path: String? = nil, isFatal: Bool = false) {
        (self.offset, self.message, self.path, self.isFatal) = (offset, message, path, isFatal)
    }

    init(_ value: JSONValue, expected: String, isFatal: Bool = false) {
        self.init(at: value.offset, "expected \(expected), found \(value.found)", isFatal: isFatal)
    }

    /// A text in quotes, cut where it is long.
    static func quoted(_ text: String) -> String {
        let isLong = text.unicodeScalars.count > 40
        let part = String(String.UnicodeScalarView(text.unicodeScalars.prefix(40)))
        return "\"" + part + (isLong ? "..." : "") + "\""
    }
}
