import PoolSchedule

@testable import CTF

/// Makes random types, and remembers which of their integers later sequences and variants may refer to.
///
/// Every field has a name of its own, so that a relative path means one field wherever it is looked up; fields that
/// hide others have tests of their own.
struct TypeGenerator {
    /// An integer that can be referred to: where it stands, from the scope's root.
    private struct Target {
        var scope: [String]
        var path: [String]
        var slot: Int
        /// How much of the path a reference may not spell: it leads through an element or an option.
        var hidden: Int
        /// The labels of a tag; none for a length.
        var labels: [String]
        /// A length that is never 0: sequences of characters may have it.
        var isOfText = false
        /// The ranges of a tag's labels; none for others.
        var ranges: [ClosedRange<Int64>] = []
        /// A boolean that says whether an optional field is there.
        var isPresence = false
    }

    var random: SplitMix64
    /// The order of integers that are not whole bytes at bytes: within a byte there is one order only.
    let packedOrder: ByteOrder
    /// How many integers are referred to.
    private(set) var slots = 0
    private var targets: [Target] = []
    /// The names of the structures around the type that is being made.
    private var path: [String] = []
    private var scope: [String] = []
    /// How many of those are around the innermost element or option.
    private var hidden = 0
    private var names = 0
    private let version: GeneratedTrace.Version
    private var reusable: [GeneratedType] = []
    /// References are allowed: not in scopes that babeltrace2 does not resolve.
    private var refers = true

    /// - Parameter version: Of the format: what CTF 2 alone has is made for it alone.
    init(random: SplitMix64, packedOrder: ByteOrder, version: GeneratedTrace.Version) {
        self.version = version
        self.random = random
        self.packedOrder = packedOrder
    }

    /// True once in so many times.
    mutating func once(in count: UInt64) -> Bool { random.next() % count == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(random.next() % UInt64(elements.count))]
    }

    mutating func name() -> String {
        names += 1
        // Of two underscores babeltrace2 takes one away, and the other too where it copies a type that has a name.
        let stems = ["f", "_f", "field_", "_y", "_int", "_event", "Value", "x_", "_struct", "n"]
        return pick(stems) + "\(names)"
    }

    // MARK: Scopes

    /// Makes a scope's structure: some given fields in their order, and others between them.
    ///
    /// - Parameters:
    ///   - scope: The absolute name, such as event.fields.
    ///   - refers: Whether sequences and variants may stand in it.
    mutating func root(
        _ scope: [String], given: [GeneratedType.Member] = [], others: Int, refers: Bool = true
    ) -> GeneratedType {
        self.scope = scope
        self.refers = refers
        path = []
        targets.removeAll { $0.scope == scope }
        var members: [GeneratedType.Member] = []
        var given = given[...]
        var others = others
        while !given.isEmpty || others > 0 {
            if let next = given.first, others == 0 || random.next() % UInt64(given.count + others) < given.count {
                members.append(next)
                given.removeFirst()
            } else {
                others -= 1
                append(to: &members, depth: 0)
            }
        }
        return GeneratedType(.structure(members, minimumAlignment: minimumAlignment()), isClosed: false)
    }

    /// Forgets a scope: what is generated next has another.
    mutating func leave(_ scope: [String]) { targets.removeAll { $0.scope == scope } }

    private mutating func minimumAlignment() -> Int { once(in: 8) ? pick([8, 16, 32, 64]) : 1 }

    // MARK: Fields

    /// Appends a field, and before it the one that it refers to.
    private mutating func append(to members: inout [GeneratedType.Member], depth: Int) {
        let name = name()
        if refers, once(in: 6) {
            appendTarget(to: &members, isTag: once(in: 2))
        }
        path.append(name)
        let type = type(depth: depth)
        path.removeLast()
        members.append(GeneratedType.Member(name: name, type: type))
    }

    private mutating func appendTarget(to members: inout [GeneratedType.Member], isTag: Bool) {
        // Where babeltrace2 copies the type, it takes the underscore of the field away, not that of the reference.
        let name = String(name().drop { $0 == "_" })
        let slot = slots
        slots += 1
        var number = number(smallest: 4)
        if version == .twoOfBabeltrace { number.isSigned = false }
        var labels: [String] = []
        var ranges: [ClosedRange<Int64>] = []
        let isPresence = version == .two && once(in: 4)
        var isOfText = false
        let type: GeneratedType
        if isPresence {
            number.isSigned = false
            if number.isVariable { (number.isVariable, number.bits) = (false, 8) }
            number.purpose = .presence(slot: slot)
            type = GeneratedType(.boolean(number), isClosed: false)
        } else if isTag {
            var mappings: [GeneratedType.Mapping] = []
            var choices: [(value: UInt64, label: String)] = []
            for index in 0..<(2 + Int(random.next() % 3)) {
                let low = Int64(index * 2) - (number.isSigned ? 3 : 0)
                let high = low + (once(in: 3) ? 1 : 0)
                let label = "L\(slot)_\(index)"
                labels.append(label)
                // Some count on from the one before: the gap says where that is the same.
                let previous = mappings.last.map { Int64(bitPattern: $0.upper) } ?? -1
                let range = low == high && low == previous + 1 && once(in: 2) ? nil : low...high
                mappings.append(
                    GeneratedType.Mapping(
                        label: label, range: range, lower: UInt64(bitPattern: low), upper: UInt64(bitPattern: high)))
                choices.append((UInt64(bitPattern: once(in: 2) ? low : high), label))
                ranges.append(low...high)
            }
            number.purpose = .tag(slot: slot, choices: choices)
            type = GeneratedType(.enumeration(number, mappings), isClosed: false)
        } else {
            number.isSigned = false
            isOfText = once(in: 3)
            // Of no characters babeltrace2 2.0.4 prints the text of the event before.
            number.purpose = .length(slot: slot, least: isOfText ? 1 : 0)
            type = GeneratedType(.integer(number), isClosed: false)
        }
        members.append(GeneratedType.Member(name: name, type: type))
        targets.append(
            Target(
                scope: scope, path: path + [name], slot: slot, hidden: hidden, labels: labels, isOfText: isOfText,
                ranges: ranges, isPresence: isPresence))
    }

    /// A length that can be referred to from here, by a path without an underscore before a name.
    private mutating func length() -> Target? {
        targets.filter { target in
            target.labels.isEmpty && !target.isPresence && !target.path.contains { $0.hasPrefix("_") }
        }.randomElement(using: &random)
    }

    /// A reference to a target: absolute, or relative from one of the structures around both.
    private mutating func reference(_ target: Target) -> GeneratedType.Reference {
        // For a tag babeltrace2 takes no path, only the name of a field of a structure around it.
        guard target.labels.isEmpty else { return .init(path: target.path.suffix(1), slot: target.slot) }
        var path = target.scope + target.path
        if target.scope == scope, target.hidden > 0 || once(in: 2) {
            let shared = zip(target.path.dropLast(), self.path).prefix { $0 == $1 }.count
            path = Array(target.path.dropFirst(target.hidden + Int(random.next() % UInt64(shared - target.hidden + 1))))
        }
        return GeneratedType.Reference(path: path, slot: target.slot)
    }

    // MARK: Types

    private mutating func type(depth: Int) -> GeneratedType {
        if once(in: 6), let known = reusable.randomElement(using: &random) { return known }
        let type = makeType(depth: depth)
        if type.isClosed, type.weight < 8 { reusable.append(type) }
        return type
    }

    private mutating func makeType(depth: Int) -> GeneratedType {
        let isDeep = depth >= 3
        if version != .one, once(in: 3) { return makeNewType(depth: depth) }
        switch random.next() % 16 {
        case 0..<5: return GeneratedType(.integer(number(smallest: 1)), isClosed: true)
        case 5, 6: return enumeration()
        case 7:
            let order = pick([ByteOrder.little, .big])
            let alignment = pick([1, 8, 8, 16, 32, 64])
            return GeneratedType(
                .float(
                    bits: pick([32, 64]), alignment: alignment,
                    order: alignment < 8 ? packedOrder : order), isClosed: true)
        case 8, 9: return GeneratedType(.string, isClosed: true)
        case 10 where !isDeep: return structure(depth: depth)
        case 11 where !isDeep: return array(depth: depth)
        case 12, 13:
            guard refers, let target = length() else { return text() }
            return sequence(target, depth: depth)
        case 14, 15:
            let near = targets.filter { target in
                !target.labels.isEmpty && target.scope == scope && path.starts(with: target.path.dropLast())
            }
            guard refers, !isDeep, let target = near.randomElement(using: &random)
            else { return GeneratedType(.integer(number(smallest: 1)), isClosed: true) }
            return variant(target, depth: depth)
        default: return text()
        }
    }

    /// An integer of any width at any alignment.
    mutating func number(smallest: Int) -> GeneratedType.Number {
        let whole = [8, 16, 32, 64].filter { $0 >= smallest }
        let bits = once(in: 2) ? pick(whole) : smallest + Int(random.next() % UInt64(65 - smallest))
        let alignment = once(in: 3) ? pick([1, 2, 4, 8, 16, 32, 64]) : bits % 8 == 0 ? 8 : 1
        let isPacked = bits % 8 != 0 || alignment < 8
        let order = pick([ByteOrder.little, .big])
        if version != .one, once(in: 6) {
            return GeneratedType.Number(
                bits: 64, alignment: 8, isSigned: once(in: 3), order: .little,
                base: once(in: 4) ? pick([2, 8, 16]) : 10,
                isVariable: true)
        }
        // babeltrace2 2.0.4 prints 0x0 for every hexadecimal number of 61 to 63 bits: its mask is 1 << 64.
        return GeneratedType.Number(
            bits: bits, alignment: alignment, isSigned: once(in: 3), order: isPacked ? packedOrder : order,
            base: once(in: 4) ? pick([2, 8, (61...63).contains(bits) ? 8 : 16]) : 10,
            isReversed: version != .one && once(in: 8))
    }

    /// What CTF 2 alone has.
    private mutating func makeNewType(depth: Int) -> GeneratedType {
        let encoding = pick([TextEncoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian])
        func closed(_ kind: GeneratedType.Kind) -> GeneratedType { GeneratedType(kind, isClosed: true) }
        switch random.next() % 9 {
        case 0: return closed(.encodedString(encoding))
        case 1:
            let least = version == .two ? 0 : 1
            return closed(.encodedText(encoding, size: encoding.unitSize * (least + Int(random.next() % 5))))
        case 2: return closed(.blob(size: (version == .two ? 0 : 1) + Int(random.next() % 5)))
        case 3, 4:
            var number = number(smallest: 1)
            if number.isVariable { (number.isVariable, number.bits) = (false, 8) }
            (number.isSigned, number.base) = (false, 16)
            guard once(in: 2) else { return closed(.boolean(number)) }
            let mappings = (0..<(version == .two ? 1 + random.next() % 3 : 1)).map { index in
                let first = random.next() % UInt64(number.bits)
                let last = min(UInt64(number.bits) - 1, first + random.next() % 3)
                return GeneratedType.Mapping(label: "B\(index)", range: nil, lower: first, upper: last)
            }
            return closed(.flags(number, mappings))
        case 5 where version == .two: return closed(.float(bits: 16, alignment: 8, order: pick([.little, .big])))
        case 6:
            guard refers, let target = length() else { fallthrough }
            let reference = reference(target)
            return GeneratedType(
                version != .two || once(in: 2) ? .blobSequence(reference) : .encodedSequence(encoding, reference),
                isClosed: false)
        case 7:
            let selectors = targets.filter { target in
                (target.isPresence || !target.labels.isEmpty) && target.scope == scope
                    && path.starts(with: target.path.dropLast())
            }
            guard refers, depth < 3, let target = selectors.randomElement(using: &random) else { fallthrough }
            let ranges = target.isPresence ? nil : target.ranges.filter { _ in once(in: 2) } + [target.ranges[0]]
            let reference = GeneratedType.Reference(path: target.path.suffix(1), slot: target.slot)
            // Whether an optional field or one in it is missing, no value tells.
            let inner = inside { generator in
                let type = generator.type(depth: depth + 1)
                if case .optional = type.kind { return GeneratedType(.string, isClosed: true) }
                return type
            }
            return GeneratedType(.optional(reference, ranges, inner), isClosed: false)
        default:
            guard version == .two else { return closed(.string) }
            return closed(
                .bits(
                    count: 65 + Int(random.next() % 100), alignment: pick([1, 8]), order: packedOrder,
                    isReversed: once(in: 3)))
        }
    }

    private mutating func enumeration() -> GeneratedType {
        let number = number(smallest: 1)
        let bits = number.bits
        // The greatest and least values, within what a range of the metadata can spell.
        let most: Int64 = bits >= 63 ? 1 << 61 : number.isSigned ? (1 << Int64(bits - 1)) - 1 : (1 << Int64(bits)) - 1
        let least: Int64 = number.isSigned ? (bits == 64 ? -(1 << 61) : -(1 << Int64(bits - 1))) : 0
        var mappings: [GeneratedType.Mapping] = []
        let labels = ["A", "_B", "two words", "D-1", "é", "quote\"d", "G7", "struct"]
        for label in labels.prefix(1 + Int(random.next() % 8)) {
            let next = mappings.last.map { Int64(bitPattern: $0.upper) + 1 } ?? 0
            if next <= most, next >= least, version != .twoOfBabeltrace, once(in: 2) {
                let value = UInt64(bitPattern: next)
                mappings.append(GeneratedType.Mapping(label: label, range: nil, lower: value, upper: value))
                continue
            }
            let low = Int64.random(in: least...most, using: &random)
            let high = once(in: 2) ? low : Int64.random(in: low...most, using: &random)
            if version == .twoOfBabeltrace,
                mappings.contains(where: { Int64(bitPattern: $0.lower) <= high && low <= Int64(bitPattern: $0.upper) })
            {
                continue
            }
            mappings.append(
                GeneratedType.Mapping(
                    label: label, range: low...high, lower: UInt64(bitPattern: low), upper: UInt64(bitPattern: high)))
        }
        return GeneratedType(.enumeration(number, mappings), isClosed: true)
    }

    private mutating func character() -> GeneratedType {
        let character = GeneratedType.Number(
            bits: 8, alignment: 8, order: pick([.little, .big]), isText: true)
        return GeneratedType(.integer(character), isClosed: true)
    }

    private mutating func text() -> GeneratedType {
        // Of length 0 babeltrace2 2.0.4 prints the text of the event before.
        GeneratedType(.array(character(), 1 + Int(random.next() % 9)), isClosed: true)
    }

    private mutating func structure(depth: Int) -> GeneratedType {
        var members: [GeneratedType.Member] = []
        for _ in 0..<(random.next() % 4) { append(to: &members, depth: depth + 1) }
        let isClosed = members.allSatisfy(\.type.isClosed)
        return GeneratedType(.structure(members, minimumAlignment: minimumAlignment()), isClosed: isClosed)
    }

    /// What is declared in an element cannot be referred to from outside.
    private mutating func inside(_ body: (inout Self) -> GeneratedType) -> GeneratedType {
        let outer = (targets, hidden)
        hidden = path.count
        let type = body(&self)
        (targets, hidden) = outer
        return type
    }

    private mutating func array(depth: Int) -> GeneratedType {
        let element = inside { $0.type(depth: depth + 1) }
        let count = Int(random.next() % 4)
        return GeneratedType(.array(element, element.weight > 6 ? min(count, 2) : count), isClosed: element.isClosed)
    }

    private mutating func sequence(_ target: Target, depth: Int) -> GeneratedType {
        let reference = reference(target)
        if target.isOfText, once(in: 2) { return GeneratedType(.sequence(character(), reference), isClosed: false) }
        let element =
            depth >= 3
            ? GeneratedType(.integer(number(smallest: 1)), isClosed: true) : inside { $0.type(depth: depth + 1) }
        return GeneratedType(.sequence(element, reference), isClosed: false)
    }

    private mutating func variant(_ target: Target, depth: Int) -> GeneratedType {
        let reference = reference(target)
        let options = target.labels.map { label in
            path.append(label)
            let type = inside { $0.type(depth: depth + 1) }
            path.removeLast()
            return GeneratedType.Member(name: label, type: type)
        }
        return GeneratedType(.variant(reference, options), isClosed: false)
    }
}
