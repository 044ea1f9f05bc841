// MARK: Damaged metadata

extension Parser {
    /// After so many faults the rest is not looked at: each may cost a walk over all of the text.
    private static let mostFaults = 100

    /// Parses what can be parsed: after a fault it goes on with the next block.
    ///
    /// - Returns: The declarations that are whole, and why others are not.
    static func salvage(_ bytes: [UInt8]) -> (statements: [StatementSyntax], faults: [MetadataError]) {
        var statements: [StatementSyntax] = []
        var faults: [MetadataError] = []
        var lexer = Lexer(bytes)
        while true {
            var parser = Parser(lexer)
            var begin = parser.token.location
            do throws(MetadataError) {
                while try !parser.isAtEnd() {
                    if parser.take(";") { continue }
                    begin = parser.token.location
                    try parser.statement(into: &statements)
                    begin = parser.token.location
                }
                return (statements, faults)
            } catch {
                faults.append(error)
                guard faults.count < mostFaults, let next = nextBlock(bytes, after: begin) else {
                    return (statements, faults)
                }
                lexer = next
            }
        }
    }

    /// A lexer that begins at the next "event {" or the like.
    private static func nextBlock(_ bytes: [UInt8], after location: SourceLocation) -> Lexer? {
        var line = location.line
        var place = bytes.offset(of: location) + 1
        var lineStart = place - location.column
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\n") {
                line += 1
                lineStart = place + 1
            }
            guard isWord(bytes[place]), !isWord(bytes[place - 1]) else {
                place += 1
                continue
            }
            let end = bytes[place...].firstIndex { !isWord($0) } ?? bytes.count
            if end - place <= 8, blocks.contains(String(decoding: bytes[place..<end], as: UTF8.self)),
                bytes[end...].first(where: { $0 > 0x20 }) == UInt8(ascii: "{")
            {
                return Lexer(bytes, at: place, line: line, lineStart: lineStart)
            }
            place = end
        }
        return nil
    }
}

extension [UInt8] {
    /// Where a place in a text is, in bytes.
    func offset(of location: SourceLocation) -> Int {
        var line = 1
        var start = 0
        while line < location.line, let end = self[start...].firstIndex(of: UInt8(ascii: "\n")) {
            start = end + 1
            line += 1
        }
        return Swift.min(start + location.column - 1, count)
    }
}
