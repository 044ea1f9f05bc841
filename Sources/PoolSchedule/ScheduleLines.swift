/// The lines of a schedule, one after the other, each read whole or refused.
struct ScheduleLines {
    /// What is left of one line.
    struct Line {
        fileprivate var rest: ArraySlice<UInt8>

        var isAtEnd: Bool { rest.isEmpty }

        /// Whether this word comes next; then it is read.
        mutating func word(_ word: String) -> Bool {
            let bytes = Array(word.utf8)
            guard rest.starts(with: bytes) else { return false }
            let after = rest.dropFirst(bytes.count)
            guard after.isEmpty || after.first == UInt8(ascii: " ") else { return false }
            rest = after.dropFirst()
            return true
        }

        /// Whether this sign comes next; then it is read.
        mutating func sign(_ sign: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: sign) else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// Whether this text comes next; then it is read.
        mutating func text(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard !digits.isEmpty, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            rest = rest.dropFirst(digits.count)
            endWord()
            return number
        }

        mutating func hexadecimal() -> UInt64? {
            let digits = rest.prefix { $0 != UInt8(ascii: " ") }
            guard let number = UInt64(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
            rest = rest.dropFirst(digits.count)
            endWord()
            return number
        }

        mutating func quoted() -> String? {
            guard sign("\"") else { return nil }
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""):
                    endWord()
                    return String(validating: bytes, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let scalar = escaped() else { return nil }
                    bytes += Array(String(Character(scalar)).utf8)
                default: bytes.append(byte)
                }
            }
            return nil
        }

        private mutating func escaped() -> Unicode.Scalar? {
            switch rest.popFirst() {
            case UInt8(ascii: "\""): return "\""
            case UInt8(ascii: "\\"): return "\\"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "u"):
                let digits = rest.dropFirst().prefix { $0 != UInt8(ascii: "}") }
                guard sign("{"), let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
                    return nil
                }
                rest = rest.dropFirst(digits.count)
                return sign("}") ? Unicode.Scalar(value) : nil
            default: return nil
            }
        }

        /// One space between two words.
        private mutating func endWord() {
            if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        }
    }

    private let bytes: [UInt8]
    private let file: String
    private var offset = 0
    private var number = 1

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The current line without its end.
    private var current: ArraySlice<UInt8> { bytes[offset...].prefix { $0 != UInt8(ascii: "\n") } }

    func begins(with word: String) -> Bool {
        var line = Line(rest: current)
        return line.word(word)
    }

    /// Reads a line whole.
    ///
    /// - Throws: `ScheduleError` if `parse` does not take it, or takes a part of it.
    @discardableResult
    mutating func next<Value>(_ expected: String, _ parse: (inout Line) -> Value?) throws(ScheduleError) -> Value {
        var line = Line(rest: current)
        guard let value = parse(&line), line.isAtEnd else { throw error(expected) }
        offset = min(bytes.count, offset + current.count + 1)
        number += 1
        return value
    }

    /// Reads a line by a condition.
    mutating func next(_ expected: String, _ isRight: (inout Line) -> Bool) throws(ScheduleError) {
        let _: Void = try next(expected) { line in isRight(&line) ? () : nil }
    }

    /// The text after a word that begins the line.
    mutating func text(_ word: String) throws(ScheduleError) -> String {
        try next("'\(word)' and a text in quotes") { $0.word(word) ? $0.quoted() : nil }
    }

    /// The text after a word, if it begins the line.
    mutating func text(ifThere word: String) throws(ScheduleError) -> String? {
        begins(with: word) ? try text(word) : nil
    }

    /// Nothing follows.
    func finish() throws(ScheduleError) {
        if offset < bytes.count { throw error("nothing more") }
    }

    /// What is wrong with the current line.
    func error(_ expected: String, _ found: String? = nil) -> ScheduleError {
        let line = String(decoding: current.prefix(80), as: UTF8.self)
        let shown = offset >= bytes.count ? "the end of the file" : "'\(line)\(current.count > 80 ? "..." : "")'"
        return ScheduleError(file: file, line: number, expected: expected, found: found ?? shown)
    }
}
