/// Makes keys from the bytes that a terminal sends: UTF-8, the sequences of xterm and its kin, and the mouse in SGR
/// form.
///
/// A lone Escape is distinguished from the beginning of a sequence by time: the reader calls `flush` when nothing
/// followed for a while.
public struct InputDecoder {
    private var pending: [UInt8] = []

    /// Sequences are no longer than this; longer ones are not sequences.
    private static let maximumLength = 64

    /// Makes a decoder that has seen nothing.
    public init() {}

    /// Whether bytes wait for what may follow them.
    public var isWaiting: Bool { !pending.isEmpty }

    /// The events of some more bytes.
    public mutating func decode(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
        pending += bytes
        return take(isFinal: false)
    }

    /// The events of what waits, when nothing more came.
    public mutating func flush() -> [InputEvent] { take(isFinal: true) }

    private mutating func take(isFinal: Bool) -> [InputEvent] {
        var events: [InputEvent] = []
        var rest = pending[...]
        while let first = rest.first {
            let length: Int
            let event: InputEvent?
            if first == 0x1B {
                guard let sequence = Self.sequence(rest, isFinal: isFinal) else { break }
                (event, length) = sequence
            } else if first >= 0x80 {
                guard let character = Self.character(rest, isFinal: isFinal) else { break }
                (event, length) = character
            } else {
                (event, length) = (Self.plain(first), 1)
            }
            if let event { events.append(event) }
            rest = rest.dropFirst(length)
        }
        pending = Array(rest)
        return events
    }

    private static func plain(_ byte: UInt8) -> InputEvent {
        switch byte {
        case 0x0D, 0x0A: .key(.enter)
        case 0x09: .key(.tab)
        case 0x7F, 0x08: .key(.backspace)
        case 0..<0x20: .key(.control(Character(Unicode.Scalar(byte | 0x60))))
        default: .key(.character(Character(Unicode.Scalar(byte))))
        }
    }

    /// A character beyond ASCII; nil if more of it is to come.
    private static func character(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (InputEvent?, Int)? {
        let first = bytes[bytes.startIndex]
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
        if bytes.count < length { return isFinal ? (nil, bytes.count) : nil }
        guard let text = String(validating: bytes.prefix(length), as: UTF8.self), let character = text.first else {
            return (nil, 1)
        }
        return (.key(.character(character)), length)
    }
}

// MARK: - Sequences

extension InputDecoder {
    /// What begins with Escape, and how long it is; nil if more of it may come.
    private static func sequence(_ bytes: ArraySlice<UInt8>, isFinal: Bool) -> (InputEvent?, Int)? {
        let start = bytes.startIndex
        guard bytes.count > 1 else { return isFinal ? (.key(.escape), 1) : nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "["):
            let parameters = bytes.dropFirst(2).prefix { 0x20..<0x40 ~= $0 }
            guard parameters.endIndex < bytes.endIndex else {
                return isFinal || bytes.count > maximumLength ? (nil, bytes.count) : nil
            }
            let length = parameters.count + 3
            return (control(bytes[parameters.endIndex], parameters), length)
        case UInt8(ascii: "O"):
            guard bytes.count > 2 else { return isFinal ? (nil, 2) : nil }
            return (control(bytes[start + 2], []), 3)
        default:
            // Escape, then something of its own.
            return (.key(.escape), 1)
        }
    }

    private static func control(_ final: UInt8, _ parameters: ArraySlice<UInt8>) -> InputEvent? {
        switch final {
        case UInt8(ascii: "A"): .key(.up)
        case UInt8(ascii: "B"): .key(.down)
        case UInt8(ascii: "C"): .key(.right)
        case UInt8(ascii: "D"): .key(.left)
        case UInt8(ascii: "H"): .key(.home)
        case UInt8(ascii: "F"): .key(.end)
        case UInt8(ascii: "Z"): .key(.backTab)
        case UInt8(ascii: "~"): key(numbered: numbers(parameters).first ?? 0)
        case UInt8(ascii: "M"): parameters.first == UInt8(ascii: "<") ? mouse(numbers(parameters.dropFirst())) : nil
        default: nil
        }
    }

    private static func key(numbered number: Int) -> InputEvent? {
        switch number {
        case 1, 7: .key(.home)
        case 4, 8: .key(.end)
        case 5: .key(.pageUp)
        case 6: .key(.pageDown)
        default: nil
        }
    }

    private static func mouse(_ numbers: [Int]) -> InputEvent? {
        guard numbers.count == 3 else { return nil }
        // No screen is larger.
        let (column, row) = (max(1, min(numbers[1], 10_000)) - 1, max(1, min(numbers[2], 10_000)) - 1)
        switch numbers[0] & ~0x1C {
        case 64: return .wheel(isUp: true, column: column, row: row)
        case 65: return .wheel(isUp: false, column: column, row: row)
        case 0: return .click(column: column, row: row)
        default: return nil
        }
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
        bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { digits in
            Int(String(decoding: digits, as: UTF8.self)) ?? 0
        }
    }
}
