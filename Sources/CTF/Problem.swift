/// Damage that was found while reading; the readable rest was read.
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
    /// What should have been there, and what is.
    public let message: String
    /// Whether it is about a trace's metadata, without which nothing of the trace can be read.
    let isOfMetadata: Bool
    /// How many bytes are not read because of it, where that is known.
    public let skipped: Int?

    init(
        file: String, packet: Int? = nil, offset: Int = 0, line: Int? = nil, column: Int? = nil, message: String,
        isOfMetadata: Bool = false, skipped: Int? = nil
    ) {
        self.file = file
        self.packet = packet
        self.offset = offset
        self.line = line
        self.column = column
        self.message = message
        self.isOfMetadata = isOfMetadata
        self.skipped = skipped
    }

    init(file: String, packet: Int? = nil, offset: Int = 0, expected: String, found: String, skipped: Int? = nil) {
        self.init(
            file: file, packet: packet, offset: offset, message: "expected \(expected), found \(found)",
            skipped: skipped)
    }

    /// "trace/stream-3-0: packet 4 at byte 65536: expected the magic number 0xc1fc1fc1, found 0x0; 4096 bytes skipped".
    public var description: String {
        let place: String
        if let line, let column {
            place = "\(file):\(line):\(column)" + (offset > 0 ? ": byte \(offset)" : "")
        } else if let packet {
            place = "\(file): packet \(packet) at byte \(offset)"
        } else if isOfMetadata {
            place = file
        } else {
            place = "\(file): byte \(offset)"
        }
        return "\(place): \(message)\(skipped.map { "; \($0) bytes skipped" } ?? "")"
    }
}
