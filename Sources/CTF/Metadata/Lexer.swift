/// Cuts the metadata's text into tokens, on demand.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Begins in the middle of a text, at a byte that is on a line.
    init(_ bytes: [UInt8], at position: Int, line: Int, lineStart: Int) {
        (self.bytes, self.position, self.line, self.lineStart) = (bytes, position, line, lineStart)
    }

    private var location: SourceLocation { SourceLocation(line: line, column: position - lineStart + 1) }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") {
            line += 1
            lineStart = position + 1
        }
        position += 1
    }

    /// The next token; `.end` for ever after the last one.
    mutating func next() throws(MetadataError) -> Token {
        try skipBlanks()
        let start = location
        guard let byte = peek() else { return Token(kind: .end, location: start) }
        if Self.isLetter(byte) { return Token(kind: .identifier(identifier()), location: start) }
        if Self.isDigit(byte) { return Token(kind: .integer(try integer(start)), location: start) }
        switch byte {
        case UInt8(ascii: "\""): return Token(kind: .string(try quoted(by: byte, start)), location: start)
        case UInt8(ascii: "'"):
            let text = try quoted(by: byte, start)
            guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
                throw MetadataError(
                    location: start,
                    message: "expected one character between quotes, found \(text.unicodeScalars.count)")
            }
            return Token(kind: .integer(UInt64(scalar.value)), location: start)
        default: return Token(kind: .symbol(try symbol(byte, start)), location: start)
        }
    }

    // MARK: Parts

    private mutating func skipBlanks() throws(MetadataError) {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), 0x0B, 0x0C: advance()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                let start = location
                advance()
                advance()
                while peek() != UInt8(ascii: "*") || peek(1) != UInt8(ascii: "/") {
                    guard peek() != nil else {
                        throw MetadataError(
                            location: start,
                            message: "expected '*/' at the end of this comment, found the end of the text")
                    }
                    advance()
                }
                advance()
                advance()
            default: return
            }
        }
    }

    private mutating func identifier() -> String {
        let start = position
        while let byte = peek(), Self.isLetter(byte) || Self.isDigit(byte) { advance() }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func integer(_ start: SourceLocation) throws(MetadataError) -> UInt64 {
        let first = position
        while let byte = peek(), Self.isLetter(byte) || Self.isDigit(byte) { advance() }
        var text = String(decoding: bytes[first..<position], as: UTF8.self).lowercased()[...]
        // C's suffixes say nothing here.
        let isHexadecimal = text.hasPrefix("0x")
        while let last = text.last, last == "u" || last == "l" { text.removeLast() }
        var radix = 10
        if isHexadecimal {
            radix = 16
            text.removeFirst(2)
        } else if text.hasPrefix("0b") {
            radix = 2
            text.removeFirst(2)
        } else if text.count > 1, text.first == "0" {
            radix = 8
        }
        guard let value = UInt64(text, radix: radix), text.first != "+", text.first != "-" else {
            let found = String(decoding: bytes[first..<position], as: UTF8.self).prefix(40)
            throw MetadataError(location: start, message: "expected an integer of at most 64 bits, found '\(found)'")
        }
        return value
    }

    private mutating func quoted(by quote: UInt8, _ start: SourceLocation) throws(MetadataError) -> String {
        advance()
        var text: [UInt8] = []
        while true {
            guard let byte = peek(), byte != UInt8(ascii: "\n") else { throw noClosingQuote(start) }
            advance()
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            if byte != UInt8(ascii: "\\") {
                text.append(byte)
            } else if peek() == UInt8(ascii: "u") || peek() == UInt8(ascii: "U") {
                text += try universalCharacter()
            } else {
                text.append(try escape(start))
            }
        }
    }

    private func noClosingQuote(_ start: SourceLocation) -> MetadataError {
        let found = peek() == nil ? "the end of the text" : "the end of the line"
        return MetadataError(location: start, message: "expected a closing quote, found \(found)")
    }

    /// What comes next, for errors.
    private var found: String { peek().map { "byte \($0)" } ?? "the end of the text" }

    private mutating func escape(_ start: SourceLocation) throws(MetadataError) -> UInt8 {
        guard let byte = peek() else { throw noClosingQuote(start) }
        if let octal = Self.digit(byte, radix: 8) { return number(radix: 8, digits: 3, first: octal) }
        advance()
        switch byte {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "v"): return 11
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "x"):
            guard let next = peek(), let digit = Self.digit(next, radix: 16) else {
                throw MetadataError(
                    location: location, message: "expected hexadecimal digits after '\\x', found \(found)")
            }
            return number(radix: 16, digits: 2, first: digit)
        default: return byte
        }
    }

    /// The UTF-8 of C's `\uXXXX` or `\UXXXXXXXX`.
    private mutating func universalCharacter() throws(MetadataError) -> String.UTF8View {
        let start = location
        let count = peek() == UInt8(ascii: "u") ? 4 : 8
        advance()
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let next = peek(), let digit = Self.digit(next, radix: 16) else {
                throw MetadataError(location: location, message: "expected \(count) hexadecimal digits, found \(found)")
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw MetadataError(
                location: start, message: "expected a character of Unicode, found 0x\(String(value, radix: 16))")
        }
        return String(Character(scalar)).utf8
    }

    private mutating func number(radix: UInt8, digits: Int, first: UInt8) -> UInt8 {
        advance()
        var value = first
        for _ in 1..<digits {
            guard let next = peek(), let digit = Self.digit(next, radix: radix) else { break }
            value = value &* radix &+ digit
            advance()
        }
        return value
    }

    private mutating func symbol(_ byte: UInt8, _ start: SourceLocation) throws(MetadataError) -> String {
        let long: [String] = ["...", ":="]
        for candidate in long where bytes[position...].starts(with: candidate.utf8) {
            for _ in candidate.utf8 { advance() }
            return candidate
        }
        guard "{}[]()<>;,:=.+-*".utf8.contains(byte) else {
            let found = (0x20..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
            throw MetadataError(location: start, message: "expected a word of the metadata language, found \(found)")
        }
        advance()
        return String(Character(Unicode.Scalar(byte)))
    }

    // MARK: Classes of characters

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func digit(_ byte: UInt8, radix: UInt8) -> UInt8? {
        let value: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
        default: return nil
        }
        return value < radix ? value : nil
    }
}
