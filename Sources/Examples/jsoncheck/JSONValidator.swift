/// Validates JSON strictly as RFC 8259 defines it: one value, of any kind, in UTF-8, without a byte order mark.
///
/// A function for each rule of the grammar, so that the functions on the stack at a `throw` say where in the document
/// it was.
struct JSONValidator {
    private let file: String
    private let bytes: [UInt8]
    private let maximumDepth: Int

    /// The next byte to look at.
    private var position = 0
    /// How many arrays and objects are open here.
    private var depth = 0
    /// How many were at most.
    private(set) var deepest = 0

    init(file: String, bytes: [UInt8], maximumDepth: Int) {
        self.file = file
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Validates the whole document.
    mutating func validate() throws(JSONError) {
        skipSpace()
        try value()
        skipSpace()
        if position < bytes.count { throw error("the end of the file") }
    }

    // MARK: Values

    private mutating func value() throws(JSONError) {
        switch next {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"): try number()
        case let byte where isDigit(byte): try number()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: throw error("a value")
        }
    }

    private mutating func object() throws(JSONError) {
        try open()
        defer { depth -= 1 }
        if take(UInt8(ascii: "}")) { return }
        while true {
            try member()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw error("',' or '}'") }
        }
    }

    private mutating func member() throws(JSONError) {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw error("a name in '\"'") }
        try string()
        guard take(UInt8(ascii: ":")) else { throw error("':'") }
        skipSpace()
        try value()
    }

    private mutating func array() throws(JSONError) {
        try open()
        defer { depth -= 1 }
        if take(UInt8(ascii: "]")) { return }
        while true {
            skipSpace()
            try value()
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw error("',' or ']'") }
        }
    }

    /// Goes into an array or an object: the stack grows with every level, so their number is bounded.
    private mutating func open() throws(JSONError) {
        guard depth < maximumDepth else {
            throw error("at most \(maximumDepth) levels", found: "one more")
        }
        position += 1
        depth += 1
        deepest = max(deepest, depth)
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[offset] else { throw error("'\(word)'") }
            position += 1
        }
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) {
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") {
            position += 1
            if isDigit(next) { throw error("no digit after a leading '0'") }
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONError) {
        guard isDigit(next) else { throw error("a digit") }
        while isDigit(next) { position += 1 }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) {
        position += 1
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0x20...0x7F: position += 1
            case 0x80...: try character(byte)
            default: throw error("'\"' or an escape such as \\n")
            }
        }
        throw error("'\"'")
    }

    private mutating func escape() throws(JSONError) {
        position += 1
        guard let byte = next, "\"\\/bfnrtu".utf8.contains(byte) else {
            throw error("one of \" \\ / b f n r t u after '\\'")
        }
        position += 1
        guard byte == UInt8(ascii: "u") else { return }
        for _ in 0..<4 {
            guard let digit = next, isDigit(digit) || "abcdefABCDEF".utf8.contains(digit) else {
                throw error("four hexadecimal digits after '\\u'")
            }
            position += 1
        }
    }

    /// A character of more than one byte: neither overlong, nor a surrogate, nor beyond U+10FFFF.
    private mutating func character(_ first: UInt8) throws(JSONError) {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw error("UTF-8")
        }
        for offset in 1..<length {
            let allowed = offset == 1 ? second : 0x80...0xBF
            guard position + offset < bytes.count, allowed.contains(bytes[position + offset]) else {
                throw error("UTF-8")
            }
        }
        position += length
    }

    // MARK: Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Whether the next thing after white space is this, which is then passed.
    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private func error(_ expected: String, found: String? = nil) -> JSONError {
        JSONError(file: file, bytes: bytes, byte: position, expected: expected, found: found)
    }
}
