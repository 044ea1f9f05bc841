/// The first thing that is wrong in a file, and where.
struct JSONError: Error, Equatable, CustomStringConvertible {
    let file: String
    /// From 1.
    let line: Int
    /// In characters, from 1.
    let column: Int
    /// From 0.
    let byte: Int
    /// What was expected there.
    let expected: String
    /// What is there.
    let found: String

    /// `broken.json:3:14: expected ',' or '}', found 'x' (byte 57)`.
    var description: String {
        "\(file):\(line):\(column): expected \(expected), found \(found) (byte \(byte))"
    }
}

// MARK: - From a position in a file's bytes

extension JSONError {
    init(file: String, bytes: [UInt8], byte: Int, expected: String, found: String? = nil) {
        self.file = file
        self.byte = byte
        self.expected = expected
        self.found = found ?? Self.describe(bytes.count > byte ? bytes[byte] : nil)
        let before = bytes[..<byte]
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        // The bytes before the first error are valid UTF-8, of which each character has one byte that is not 0b10......
        column = 1 + bytes[start..<byte].count { $0 & 0xC0 != 0x80 }
    }

    private static func describe(_ byte: UInt8?) -> String {
        switch byte {
        case nil: "the end of the file"
        case UInt8(ascii: "\n"): "the end of the line"
        case UInt8(ascii: " "): "a space"
        case .some(let byte) where byte > 0x20 && byte < 0x7F: "'\(Character(Unicode.Scalar(byte)))'"
        case .some(let byte):
            "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
