/// Damage that reading came upon: what was whole before it was read.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// The stream file.
    public let file: String
    /// The packet in that file, from 0; nil where it is not about a packet.
    public let packet: Int?
    /// Where in the file, in bytes.
    public let offset: Int
    /// What should have been there.
    public let expected: String
    /// What is there.
    public let found: String

    init(file: String, packet: Int? = nil, offset: Int = 0, expected: String, found: String) {
        self.file = file
        self.packet = packet
        self.offset = offset
        self.expected = expected
        self.found = found
    }

    /// "trace/stream-3-0: packet 4 at byte 65536: expected a packet of at most 8192 bytes, found a size of 9000".
    public var description: String {
        let place = packet.map { "packet \($0) at byte \(offset)" } ?? "byte \(offset)"
        return "\(file): \(place): expected \(expected), found \(found)"
    }
}
