/// Damage that reading came upon; what is whole was read all the same.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The packet in that file, from 0; nil where it is not about a packet.
    public let packet: Int?
    /// Where in the file, in bytes; in metadata's text, where there.
    public let offset: Int
    /// The line in the metadata's text, from 1; nil where it is not about that text.
    public let line: Int?
    /// The column in that line, in bytes, from 1.
    public let column: Int?
    /// What should have been there.
    public let expected: String
    /// What is there.
    public let found: String
    /// How many bytes are not read because of it, where that is known.
    public let skipped: Int?

    init(
        file: String, packet: Int? = nil, offset: Int = 0, line: Int? = nil, column: Int? = nil, expected: String,
        found: String, skipped: Int? = nil
    ) {
        self.file = file
        self.packet = packet
        self.offset = offset
        self.line = line
        self.column = column
        self.expected = expected
        self.found = found
        self.skipped = skipped
    }

    /// "trace/stream-3-0: packet 4 at byte 65536: expected the magic number 0xc1fc1fc1, found 0x0; 4096 bytes skipped".
    public var description: String {
        let place: String
        if let line, let column {
            place = "\(file):\(line):\(column): byte \(offset)"
        } else if let packet {
            place = "\(file): packet \(packet) at byte \(offset)"
        } else {
            place = "\(file): byte \(offset)"
        }
        return "\(place): expected \(expected), found \(found)\(skipped.map { "; \($0) bytes skipped" } ?? "")"
    }
}
