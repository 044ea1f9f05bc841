/// Parses JSON texts (RFC 8259), one after the other, and keeps the places of all values.
///
/// Written here because what is wrong in metadata is told with its byte and its path, and what stands after a damage is
/// read all the same: Foundation's decoders stop at a fault that names no byte, and know of no place of a value. It is
/// strict: no comments, no comma too many, no name that stands twice.
struct JSONParser {
    /// Values nested deeper are refused, so that input cannot exhaust the stack: four times the depth of types.
    private static let deepest = 4 * Parser.deepest

    private let bytes: [UInt8]
    private(set) var position: Int
    /// The names and places around the value that is being parsed.
    private var path: [String] = []

    init(_ bytes: [UInt8], at position: Int = 0) { (self.bytes, self.position) = (bytes, position) }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    /// Parses a value and the blanks before it.
    mutating func value() throws(JSONFault) -> JSONValue {
        skipBlanks()
        guard path.count < Self.deepest else {
            throw fault("values nested at most \(Self.deepest) deep", "a deeper one")
        }
        let start = position
        let kind: JSONValue.Kind
        switch peek() {
        case UInt8(ascii: "{"): kind = .object(try members())
        case UInt8(ascii: "["): kind = .array(try elements())
        case UInt8(ascii: "\""): kind = .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            kind = .boolean(true)
        case UInt8(ascii: "f"):
            try word("false")
            kind = .boolean(false)
        case UInt8(ascii: "n"):
            try word("null")
            kind = .null
        default: kind = try number()
        }
        return JSONValue(kind: kind, offset: start)
    }

    // MARK: Compounds

    private mutating func members() throws(JSONFault) -> [JSONValue.Member] {
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipBlanks()
        if take("}") { return [] }
        while true {
            skipBlanks()
            let start = position
            guard peek() == UInt8(ascii: "\"") else { throw unexpected("the name of a property, in quotes") }
            let name = try string()
            guard names.insert(name).inserted else {
                throw fault("one property \(JSONFault.quoted(name))", "a second", at: start)
            }
            skipBlanks()
            path.append((path.isEmpty ? "" : ".") + name)
            guard take(":") else { throw unexpected("':'") }
            members.append(JSONValue.Member(name: name, offset: start, value: try value()))
            path.removeLast()
            skipBlanks()
            if take("}") { return members }
            guard take(",") else { throw unexpected("',' or '}'") }
        }
    }

    private mutating func elements() throws(JSONFault) -> [JSONValue] {
        position += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if take("]") { return [] }
        while true {
            path.append("[\(elements.count)]")
            elements.append(try value())
            path.removeLast()
            skipBlanks()
            if take("]") { return elements }
            guard take(",") else { throw unexpected("',' or ']'") }
        }
    }

    // MARK: Scalars

    private mutating func word(_ word: String) throws(JSONFault) {
        guard bytes[position...].starts(with: word.utf8) else { throw unexpected("a value") }
        position += word.utf8.count
    }

    private mutating func number() throws(JSONFault) -> JSONValue.Kind {
        let isNegative = take("-")
        let first = position
        var magnitude: UInt64 = 0
        var isInteger = true
        while let digit = digit() {
            let (product, isLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = product.addingReportingOverflow(UInt64(digit))
            if isLarge || isLarger { isInteger = false }
            magnitude = sum
            position += 1
        }
        guard position > first else { throw unexpected(isNegative ? "a digit" : "a value") }
        guard bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
            throw fault("a number without a leading zero", "one with", at: first)
        }
        if take(".") {
            isInteger = false
            try digits()
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard isInteger, !isNegative || magnitude <= 1 << 63 else { return .number }
        return .integer(IntegerSyntax(magnitude: magnitude, isNegative: isNegative && magnitude > 0))
    }

    private func digit() -> UInt8? {
        peek().flatMap { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) ? $0 - UInt8(ascii: "0") : nil }
    }

    private mutating func digits() throws(JSONFault) {
        guard digit() != nil else { throw unexpected("a digit") }
        while digit() != nil { position += 1 }
    }

    private mutating func string() throws(JSONFault) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw fault("a text in UTF-8", "bytes that are not", at: start)
                }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw fault("a text without control characters", "byte \(byte)")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw fault("the text's closing quote", "the end", at: start)
    }

    private mutating func escape() throws(JSONFault) -> [UInt8] {
        position += 1
        guard let byte = peek() else { throw unexpected("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            let start = position - 2
            var units = [try unit()]
            if units[0] & 0xFC00 == 0xD800, take("\\") {
                guard take("u") else { throw unexpected("the second half of a character") }
                units.append(try unit())
            }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw fault("a character of Unicode", "half of one", at: start)
            }
            return Array(text.utf8)
        default:
            position -= 1
            throw unexpected("an escape")
        }
    }

    private mutating func unit() throws(JSONFault) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: symbol) else { return false }
        position += 1
        return true
    }

    // MARK: Faults

    private func unexpected(_ expected: String) -> JSONFault {
        guard let byte = peek() else { return fault(expected, "the end") }
        return fault(
            expected, (0x20..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)")
    }

    private func fault(_ expected: String, _ found: String, at place: Int? = nil) -> JSONFault {
        JSONFault(at: place ?? position, "expected \(expected), found \(found)", path: path.joined())
    }
}
