import PoolSchedule

@testable import CTF

/// Writes the fields of a packet bit by bit, and keeps the values as a reader has to see them.
struct PacketWriter {
    /// The bytes so far; bits beyond the last whole byte are in the last.
    private(set) var bytes: [UInt8] = []
    /// How many bits are written.
    private(set) var bits = 0
    /// Where the integers stand that are known only in the end, by name.
    private(set) var known: [String: (bit: Int, number: GeneratedType.Number)] = [:]
    private var slots: [UInt64]
    private var random: SplitMix64
    /// The packets' padding and the bits between fields: anything.
    private let noise: Bool
    private let uuid: [UInt8]
    private let hasEmptyTexts: Bool

    /// - Parameter hasEmptyTexts: Texts in UTF-16 and UTF-32 may be empty.
    init(random: SplitMix64, slots: Int, uuid: [UInt8], hasEmptyTexts: Bool) {
        self.hasEmptyTexts = hasEmptyTexts
        self.uuid = uuid
        self.random = random
        self.slots = [UInt64](repeating: 0, count: slots)
        noise = self.random.next() % 2 == 0
    }

    // MARK: Bits

    mutating func align(_ alignment: Int) {
        let end = roundUp(bits, alignment)
        extend(to: end)
        bits = end
    }

    /// Pads to a size in bytes.
    mutating func pad(to size: Int) { align(8); extend(to: size * 8); bits = size * 8 }

    private mutating func extend(to end: Int) {
        while bytes.count * 8 < end { bytes.append(noise ? UInt8(truncatingIfNeeded: random.next()) : 0) }
    }

    /// Little-endian integers fill bytes from their lowest bit, big-endian ones from the highest.
    mutating func put(_ value: UInt64, bits count: Int, order: ByteOrder, at start: Int) {
        extend(to: start + count)
        if count % 8 == 0, start % 8 == 0 {
            for index in 0..<(count / 8) {
                let shift = UInt64(order == .little ? index * 8 : count - 8 - index * 8)
                bytes[start / 8 + index] = UInt8(truncatingIfNeeded: value >> shift)
            }
            return
        }
        for index in 0..<count {
            let place = start + index
            let bit: UInt8
            let mask: UInt8
            if order == .little {
                bit = UInt8(value >> UInt64(index) & 1)
                mask = 1 << UInt8(place % 8)
            } else {
                bit = UInt8(value >> UInt64(count - 1 - index) & 1)
                mask = 0x80 >> UInt8(place % 8)
            }
            if bit == 1 { bytes[place / 8] |= mask } else { bytes[place / 8] &= ~mask }
        }
    }

    mutating func write(_ value: UInt64, _ number: GeneratedType.Number) {
        align(number.alignment)
        append(value, number)
    }

    /// Writes an integer where it is.
    private mutating func append(_ value: UInt64, _ number: GeneratedType.Number) {
        guard number.isVariable else {
            put(
                number.isReversed ? Self.reversed(value, number.bits) : value, bits: number.bits, order: number.order,
                at: bits)
            bits += number.bits
            return
        }
        var rest = value
        while true {
            let byte = rest & 0x7F
            rest = number.isSigned ? UInt64(bitPattern: Int64(bitPattern: rest) >> 7) : rest >> 7
            let isLast =
                number.isSigned ? rest == 0 && byte & 0x40 == 0 || rest == .max && byte & 0x40 != 0 : rest == 0
            put(isLast ? byte : byte | 0x80, bits: 8, order: .little, at: bits)
            bits += 8
            if isLast { return }
        }
    }

    private mutating func append(_ bytes: [UInt8]) {
        for byte in bytes {
            put(UInt64(byte), bits: 8, order: .little, at: bits)
            bits += 8
        }
    }

    private static func reversed(_ value: UInt64, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 << 1 | value >> UInt64($1) & 1 }
    }

    /// Overwrites an integer that is known now.
    mutating func patch(_ name: String, _ value: UInt64) {
        guard let place = known[name] else { return }
        let value = place.number.isReversed ? Self.reversed(value, place.number.bits) : value
        put(value, bits: place.number.bits, order: place.number.order, at: place.bit)
    }

    // MARK: Values

    /// Writes a random value of a type.
    ///
    /// - Parameter given: Values for the integers of `Purpose.known`.
    mutating func write(_ type: GeneratedType, given: [String: UInt64] = [:]) -> Value {
        align(type.alignment)
        switch type.kind {
        case .integer(let number):
            let value = write(number, given, mappings: [])
            let notation = Value.Notation(base: number.base, bits: number.bits)
            return number.isSigned ? .signed(Int64(bitPattern: value), notation) : .unsigned(value, notation)
        case .enumeration(let number, let mappings):
            let value = write(number, given, mappings: mappings)
            let labels = mappings.filter { Self.holds($0, value, isSigned: number.isSigned) }.map(\.label)
            return .enumeration(value, isSigned: number.isSigned, labels: labels)
        case .float(let size, _, let order):
            let value = random.float(bits: size)
            let pattern =
                size == 16
                ? UInt64(Float16(value).bitPattern)
                : size == 32 ? UInt64(Float(value).bitPattern) : value.bitPattern
            put(pattern, bits: size, order: order, at: bits)
            bits += size
            return .float(value)
        case .string:
            // Of an empty one babeltrace2 2.0.4 prints the text of the event before.
            let text = random.text(longest: 12) + [65]
            append(text + [0])
            return .string(text)
        case .boolean(let number):
            let value = write(number, given, mappings: [])
            return .boolean(value != 0)
        case .flags(let number, let mappings):
            let value = write(number, given, mappings: [])
            let labels = mappings.filter { mapping in
                (mapping.lower...mapping.upper).contains { value >> $0 & 1 == 1 }
            }.map(\.label)
            return .enumeration(value, isSigned: false, labels: labels)
        case .bits(let count, _, let order, let isReversed): return writeBits(count, order, isReversed)
        case .encodedString(let encoding):
            let text = random.text(in: encoding, units: 6, least: hasEmptyTexts ? 0 : 1)
            append(text.bytes + [UInt8](repeating: 0, count: encoding.unitSize))
            return .string(text.utf8)
        case .encodedText(let encoding, let size): return writeText(encoding, size)
        case .encodedSequence(let encoding, let reference): return writeText(encoding, Int(slots[reference.slot]))
        case .blob(let size): return writeBlob(size)
        case .blobSequence(let reference): return writeBlob(Int(slots[reference.slot]))
        case .optional(let reference, let ranges, let inner):
            let value = slots[reference.slot]
            let isThere = ranges?.contains { $0.contains(Int64(bitPattern: value)) } ?? (value != 0)
            return isThere ? write(inner, given: given) : .missing
        case .structure(let members, _):
            return .structure(
                members.map { Value.Member(name: $0.name.shown, value: write($0.type, given: given)) })
        case .variant(let reference, let options):
            let label = choices[reference.slot]?.first { $0.value == slots[reference.slot] }?.label
            guard let option = options.first(where: { $0.name == label }) else { return .missing }
            return .variant(option: option.name.shown, write(option.type, given: given))
        case .array(let element, let count): return elements(element, count, given)
        case .sequence(let element, let reference): return elements(element, Int(slots[reference.slot]), given)
        }
    }

    /// The choices of each tag that was written.
    private var choices: [Int: [(value: UInt64, label: String)]] = [:]

    private mutating func write(
        _ number: GeneratedType.Number, _ given: [String: UInt64], mappings: [GeneratedType.Mapping]
    ) -> UInt64 {
        var value: UInt64
        switch number.purpose {
        case .any:
            value = random.integer(number)
            // Labelled values now and then.
            if let mapping = mappings.randomElement(using: &random), random.next() % 4 != 0 {
                value = random.next() % 2 == 0 ? mapping.lower : mapping.upper
            }
        case .length(let slot, let least):
            value = random.next() % 8 == 0 ? random.next() % 40 : random.next() % 5
            if number.bits < 6 { value &= (1 << UInt64(number.bits)) - 1 }
            value = max(value, least)
            slots[slot] = value
        case .tag(let slot, let all):
            value = all.randomElement(using: &random)?.value ?? 0
            slots[slot] = value
            choices[slot] = all
        case .presence(let slot):
            value = random.next() % 2 == 0 ? 0 : random.integer(number)
            slots[slot] = value
        case .known(let name):
            if !number.isVariable { known[name] = (bits, number) }
            value = given[name] ?? 0
        }
        append(value, number)
        guard number.bits < 64 else { return value }
        value &= (1 << UInt64(number.bits)) - 1
        let isNegative = number.isSigned && value >> UInt64(number.bits - 1) == 1
        return isNegative ? value | ~0 << UInt64(number.bits) : value
    }

    private mutating func elements(_ element: GeneratedType, _ count: Int, _ given: [String: UInt64]) -> Value {
        if case .integer(let number) = element.kind, number.isText, number.bits == 8, number.alignment == 8 {
            // Where there is none babeltrace2 2.0.4 prints the text of the event before.
            let text = Array((random.text(longest: count) + [65]).prefix(count))
            let fill = text + [UInt8](repeating: 0, count: count - text.count)
            append(fill)
            return .string(text)
        }
        if case .integer(let number) = element.kind, case .known("uuid") = number.purpose {
            return .array(
                uuid.map { byte in
                    write(UInt64(byte), number)
                    return .unsigned(UInt64(byte), .init(bits: 8))
                })
        }
        return .array((0..<count).map { _ in write(element, given: given) })
    }

    private mutating func writeBits(_ count: Int, _ order: ByteOrder, _ isReversed: Bool) -> Value {
        var bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
        for place in 0..<count {
            let bit = random.next() & 1
            put(bit, bits: 1, order: order, at: bits)
            bits += 1
            let index = (order == .little) != isReversed ? place : count - 1 - place
            if bit == 1 { bytes[index / 8] |= 1 << UInt8(index % 8) }
        }
        return .bits(bytes, count: count, labels: [])
    }

    /// A text that fills its bytes or ends before; where they are no whole units, what is cut is shown as such.
    private mutating func writeText(_ encoding: TextEncoding, _ size: Int) -> Value {
        let text = random.text(in: encoding, units: size / encoding.unitSize, least: hasEmptyTexts ? 0 : 1)
        if text.bytes.count + encoding.unitSize <= size {
            append(text.bytes + [UInt8](repeating: 0, count: size - text.bytes.count))
            return .string(text.utf8)
        }
        let rest = [UInt8](repeating: 1, count: size - text.bytes.count)
        append(text.bytes + rest)
        return .string(text.utf8 + (rest.isEmpty ? [] : Array("\u{FFFD}".utf8)))
    }

    private mutating func writeBlob(_ size: Int) -> Value {
        let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        append(bytes)
        return .blob(bytes)
    }

    private static func holds(_ mapping: GeneratedType.Mapping, _ value: UInt64, isSigned: Bool) -> Bool {
        isSigned
            ? Int64(bitPattern: mapping.lower) <= Int64(bitPattern: value)
                && Int64(bitPattern: value) <= Int64(bitPattern: mapping.upper)
            : mapping.lower <= value && value <= mapping.upper
    }
}

extension String {
    /// A field's name as readers show it.
    fileprivate var shown: String { hasPrefix("_") ? String(dropFirst()) : self }
}

extension SplitMix64 {
    /// An integer that fits a type, as often at its limits as not; the bits of a 64-bit integer.
    mutating func integer(_ number: GeneratedType.Number) -> UInt64 {
        let bits = UInt64(number.bits)
        let mask: UInt64 = bits == 64 ? ~0 : (1 << bits) - 1
        switch next() % 6 {
        case 0: return 0
        case 1: return mask
        case 2: return mask >> 1
        case 3: return (mask >> 1) ^ mask
        default: return next() >> (next() % bits) & mask
        }
    }

    mutating func float(bits: Int) -> Double {
        switch next() % 8 {
        case 0: return 0
        case 1: return -.infinity
        case 2:
            if bits == 16 { return Double(Float16.leastNonzeroMagnitude) }
            return bits == 32 ? Double(Float.leastNonzeroMagnitude) : .leastNonzeroMagnitude
        default:
            let value = Double(Int64(bitPattern: next()) >> Int64(next() % 60)) / Double(1 << (next() % 30))
            if bits == 16 { return Double(Float16(value)) }
            return bits == 32 ? Double(Float(value)) : value
        }
    }

    /// Characters in an encoding and in UTF-8, none of them NUL; so many units.
    mutating func text(
        in encoding: TextEncoding, units most: Int, least: Int
    ) -> (bytes: [UInt8], utf8: [UInt8]) {
        var text = ""
        var bytes: [UInt8] = []
        for index in 0..<(most == 0 ? 0 : max(UInt64(least), next() % UInt64(most + 1))) {
            // The first takes one unit in every encoding.
            let character = ["a", "Z", "é", "€", "α", "😀"][Int(next() % (index == 0 ? 5 : 6))] as Unicode.Scalar
            var units: [UInt32] = [character.value]
            if encoding.unitSize == 2 { units = String(Character(character)).utf16.map { UInt32($0) } }
            guard (bytes.count / encoding.unitSize) + units.count <= most else { break }
            for unit in units {
                let part = (0..<encoding.unitSize).map { UInt8(truncatingIfNeeded: unit >> UInt32(8 * $0)) }
                bytes += [.utf16LittleEndian, .utf32LittleEndian].contains(encoding) ? part : part.reversed()
            }
            text.unicodeScalars.append(character)
        }
        return (bytes, Array(text.utf8))
    }

    /// Bytes without NUL: mostly ASCII, with what needs an escape, UTF-8 and what is not.
    mutating func text(longest: Int) -> [UInt8] {
        guard longest > 0 else { return [] }
        var text: [UInt8] = []
        let count = Int(next() % UInt64(longest + 1))
        while text.count < count {
            switch next() % 12 {
            case 0: text.append([7, 9, 10, 13, 27, 34, 39, 63, 92, 127].randomElement(using: &self) ?? 1)
            case 1: text += Array("é€😀".randomElement(using: &self).map(String.init)?.utf8 ?? "".utf8)
            case 2: text += Array("{ }, = \"".utf8)
            case 3: text.append(UInt8(truncatingIfNeeded: 0x80 | next()))
            default: text.append(UInt8(0x20 + next() % 0x5F))
            }
        }
        return Array(text.prefix(count))
    }
}
