/// How the characters of a text are encoded.
public enum TextEncoding: String, Sendable, Hashable {
    /// UTF-8: every text of CTF 1.8.
    case utf8 = "utf-8"
    /// UTF-16 with the more significant byte of a unit first.
    case utf16BigEndian = "utf-16be"
    /// UTF-16 with the less significant byte of a unit first.
    case utf16LittleEndian = "utf-16le"
    /// UTF-32 with the most significant byte of a unit first.
    case utf32BigEndian = "utf-32be"
    /// UTF-32 with the least significant byte of a unit first.
    case utf32LittleEndian = "utf-32le"

    /// The bytes of a unit: a text ends before the first unit that is zero.
    var unitSize: Int {
        switch self {
        case .utf8: 1
        case .utf16BigEndian, .utf16LittleEndian: 2
        case .utf32BigEndian, .utf32LittleEndian: 4
        }
    }

    /// Where a text ends: at its first unit that is zero, or where no whole unit is left.
    ///
    /// - Returns: The bytes before that, and whether there is a unit that is zero.
    func end(of bytes: UnsafeRawBufferPointer) -> (count: Int, isTerminated: Bool) {
        var place = 0
        while place + unitSize <= bytes.count {
            if bytes[place..<(place + unitSize)].allSatisfy({ $0 == 0 }) { return (place, true) }
            place += unitSize
        }
        return (bytes.count, false)
    }

    /// A text's bytes as UTF-8; what is no character, and a unit that is cut short, becomes U+FFFD.
    func utf8(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let whole = bytes.count / unitSize
        func unit(_ place: Int) -> UInt32 {
            var value: UInt32 = 0
            for index in 0..<unitSize {
                let isBig = self == .utf16BigEndian || self == .utf32BigEndian
                let byte = UInt32(bytes[place * unitSize + (isBig ? index : unitSize - 1 - index)])
                value = value << 8 | byte
            }
            return value
        }
        var text: [UInt8]
        switch unitSize {
        case 1: return [UInt8](bytes)
        case 2:
            let units = (0..<whole).map { UInt16(truncatingIfNeeded: unit($0)) }
            text = Array(String(decoding: units, as: UTF16.self).utf8)
        default:
            let scalars = (0..<whole).map { Unicode.Scalar(unit($0)) ?? "\u{FFFD}" }
            text = Array(String(String.UnicodeScalarView(scalars)).utf8)
        }
        if bytes.count % unitSize != 0 { text += "\u{FFFD}".utf8 }
        return text
    }
}
