import PoolSchedule

@testable import CTF

/// Spells a trace's metadata in CTF 2: of what was read or made in CTF 1.8, or has what CTF 2 alone has.
///
/// Names that mean something in CTF 1.8 become roles, and references become locations.
struct CTF2Speller {
    /// A structure whose fields are being spelled.
    private struct Open {
        var fields: [StructureClass.Member] = []
        /// The field that is being spelled, and whether it is the next open structure itself.
        var current: StructureClass.Member?
        var isNext = false
    }

    private let metadata: Metadata
    private var random: SplitMix64
    private var text = ""
    private let hasSeparators: Bool
    private let hasBlanks: Bool
    private var open: [Open] = []
    private var scope = LayoutCompiler.Scope.packetHeader
    private var scopes: [LayoutCompiler.Scope: StructureClass] = [:]
    private var aliases = 0

    private init(_ metadata: Metadata, seed: UInt64, hasSeparators: Bool) {
        self.metadata = metadata
        random = SplitMix64(seed: seed)
        self.hasSeparators = random.next() % 3 != 0 || hasSeparators
        hasBlanks = random.next() % 2 == 0
    }

    /// Spells metadata in one of many ways.
    ///
    /// - Parameter hasSeparators: With record separators in any case: babeltrace2 2.1 knows CTF 2 by them.
    static func spell(_ metadata: Metadata, seed: UInt64 = 1, hasSeparators: Bool = false) -> String {
        var speller = CTF2Speller(metadata, seed: seed, hasSeparators: hasSeparators)
        speller.spell()
        return speller.text
    }

    private mutating func once(in count: UInt64) -> Bool { random.next() % count == 0 }

    // MARK: Fragments

    private mutating func append(_ fragment: [(String, JSONText)]) {
        var fragment = fragment
        if once(in: 4) {
            fragment.append(
                ("attributes", .object([("a.example,2026", .array([.null, .boolean(true), .object([])]))])))
        }
        if once(in: 6) { fragment.append(("extensions", .object([]))) }
        text += (hasSeparators ? "\u{1E}" : "") + JSONText.object(fragment).text(&random, blanks: hasBlanks) + "\n"
    }

    private mutating func spell() {
        var preamble: [(String, JSONText)] = [("type", .string("preamble")), ("version", .number(2))]
        if let uuid = metadata.uuid { preamble.append(("uuid", .array(uuid.map { .number($0) }))) }
        append(preamble)
        var trace: [(String, JSONText)] = [("type", .string("trace-class"))]
        let environment = metadata.environment.map { entry -> (String, JSONText) in
            switch entry.value {
            case .integer(let value): (entry.name, .number(value))
            case .string(let text): (entry.name, .string(text))
            }
        }
        if !environment.isEmpty { trace.append(("environment", .object(environment))) }
        add("packet-header-field-class", metadata.packetHeader, .packetHeader, to: &trace)
        append(trace)
        for clock in metadata.clocks { spell(clock) }
        for stream in metadata.streams {
            spell(stream)
            for event in metadata.events where event.streamID == stream.id { spell(event) }
        }
    }

    private mutating func spell(_ clock: Clock) {
        let frequency = Int64(clock.frequency)
        var (seconds, cycles) = clock.offset.quotientAndRemainder(dividingBy: frequency)
        if cycles < 0 { (seconds, cycles) = (seconds - 1, cycles + frequency) }
        var fragment: [(String, JSONText)] = [
            ("type", .string("clock-class")), ("id", .string("clock \(clock.id)")), ("name", .string(clock.name)),
            ("frequency", .number(clock.frequency)),
            (
                "offset-from-origin",
                .object([("seconds", .number(clock.offsetSeconds + seconds)), ("cycles", .number(cycles))])
            ),
        ]
        if let precision = clock.precision { fragment.append(("precision", .number(precision))) }
        if let uid = clock.uid { fragment.append(("uid", .string(uid))) }
        if !clock.description.isEmpty { fragment.append(("description", .string(clock.description))) }
        if clock.origin == .unixEpoch { fragment.append(("origin", .string("unix-epoch"))) }
        append(fragment)
    }

    private mutating func spell(_ stream: Metadata.StreamClass) {
        var fragment: [(String, JSONText)] = [("type", .string("data-stream-class")), ("id", .number(stream.id))]
        if let clock = Self.clock(of: stream, metadata) {
            fragment.append(("default-clock-class-id", .string("clock \(clock)")))
        }
        add("packet-context-field-class", stream.packetContext, .packetContext, to: &fragment)
        add("event-record-header-field-class", stream.eventHeader, .eventHeader, to: &fragment)
        add("event-record-common-context-field-class", stream.eventContext, .streamEventContext, to: &fragment)
        append(fragment)
    }

    private mutating func spell(_ event: Metadata.EventClass) {
        var fragment: [(String, JSONText)] = [
            ("type", .string("event-record-class")), ("id", .number(event.id)),
            ("data-stream-class-id", .number(event.streamID)), ("name", .string(event.name)),
        ]
        scopes[.eventContext] = nil
        add("specific-context-field-class", event.context, .eventContext, to: &fragment)
        add("payload-field-class", event.fields, .eventFields, to: &fragment)
        append(fragment)
    }

    private mutating func add(
        _ name: String, _ structure: StructureClass?, _ scope: LayoutCompiler.Scope,
        to fragment: inout [(String, JSONText)]
    ) {
        scopes[scope] = nil
        guard let structure else { return }
        (self.scope, open) = (scope, [])
        fragment.append((name, spell(.structure(structure))))
        scopes[scope] = structure
    }

    /// The clock that the times of a stream are readings of.
    private static func clock(of stream: Metadata.StreamClass, _ metadata: Metadata) -> String? {
        func clocks(_ type: FieldClass) -> [String] {
            switch type {
            case .structure(let structure): structure.members.flatMap { clocks($0.fieldClass) }
            case .variant(let variant): variant.options.flatMap { clocks($0.fieldClass) }
            default: type.integer?.clock.map { [$0] } ?? []
            }
        }
        for scope in [stream.eventHeader, stream.packetContext] {
            if let scope, let clock = clocks(.structure(scope)).first { return clock }
        }
        // Tracers that have one clock may leave it out.
        let names = [stream.eventHeader, stream.packetContext].flatMap { $0?.members.map(\.name) ?? [] }
        let hasTimes = !Set(names).isDisjoint(with: ["timestamp", "timestamp_begin", "timestamp_end"])
        return hasTimes && metadata.clocks.count == 1 ? metadata.clocks[0].id : nil
    }

    // MARK: Classes

    private mutating func spell(_ type: FieldClass, name: String = "") -> JSONText {
        switch type {
        case .integer(let integer): return integerText(integer, [], name)
        case .enumeration(let type) where type.isFlags:
            return .object(bits("fixed-length-bit-map", type.container) + [("flags", labels(type))])
        case .enumeration(let type): return integerText(type.container, [("mappings", labels(type))], name)
        case .boolean(let integer): return .object(bits("fixed-length-boolean", integer))
        case .bits(let bits):
            return .object(
                self.bits(
                    "fixed-length-bit-array", bits.bits, bits.alignment, bits.byteOrder, isReversed: bits.isReversed))
        case .floatingPoint(let float):
            return .object(
                bits(
                    "fixed-length-floating-point-number", float.bits, float.alignment, float.byteOrder,
                    isReversed: float.isReversed))
        case .string(let encoding):
            return .object([("type", .string("null-terminated-string"))] + encodingText(encoding))
        case .structure(let structure): return structureText(structure)
        case .variant(let variant): return variantText(variant)
        case .optional(let optional):
            var members: [(String, JSONText)] = [
                ("type", .string("optional")), ("selector-field-location", location(optional.selector).text),
                ("field-class", spell(optional.fieldClass)),
            ]
            if let ranges = optional.ranges { members.append(("selector-field-ranges", self.ranges(ranges))) }
            return .object(members)
        case .array(let array): return arrayText(array, name)
        case .sequence(let sequence):
            let length = ("length-field-location", location(sequence.length).text)
            guard case .integer(let byte) = sequence.element, let type = Self.byteType(byte) else {
                return .object([
                    ("type", .string("dynamic-length-array")), length,
                    ("element-field-class", spell(sequence.element)),
                ])
            }
            return .object([("type", .string("dynamic-length-\(type.name)")), length] + encodingText(type.encoding))
        }
    }

    /// What an array of bytes is; nil where it is one of numbers.
    private static func byteType(_ byte: IntegerClass) -> (name: String, encoding: TextEncoding?)? {
        if let encoding = byte.text { return ("string", encoding) }
        return byte.content == .blob ? ("blob", nil) : nil
    }

    private mutating func encodingText(_ encoding: TextEncoding?) -> [(String, JSONText)] {
        guard let encoding, encoding != .utf8 || once(in: 3) else { return [] }
        return [("encoding", .string(encoding.rawValue))]
    }

    private mutating func arrayText(_ array: ArrayClass, _ name: String) -> JSONText {
        let length = ("length", JSONText.number(array.length))
        if scope == .packetHeader, name == "uuid", array.length == 16 {
            return .object([
                ("type", .string("static-length-blob")), length, ("roles", .array([.string("metadata-stream-uuid")])),
            ])
        }
        guard case .integer(let byte) = array.element, let type = Self.byteType(byte) else {
            return .object([
                ("type", .string("static-length-array")), length, ("element-field-class", spell(array.element)),
            ])
        }
        return .object([("type", .string("static-length-\(type.name)")), length] + encodingText(type.encoding))
    }

    private mutating func structureText(_ structure: StructureClass) -> JSONText {
        open.append(Open())
        var members: [JSONText] = []
        for member in structure.members {
            open[open.count - 1].current = member
            if case .structure = member.fieldClass { open[open.count - 1].isNext = true }
            var type = spell(member.fieldClass, name: member.name)
            if case .integer = member.fieldClass, once(in: 8) { type = alias(type) }
            members.append(.object([("name", .string(member.name)), ("field-class", type)]))
            open[open.count - 1].fields.append(member)
            open[open.count - 1].current = nil
            open[open.count - 1].isNext = false
        }
        open.removeLast()
        var object: [(String, JSONText)] = [("type", .string("structure")), ("member-classes", .array(members))]
        if structure.minimumAlignment > 1 {
            object.append(("minimum-alignment", .number(structure.minimumAlignment)))
        }
        return .object(object)
    }

    /// Gives a class a name before it is used.
    private mutating func alias(_ type: JSONText) -> JSONText {
        aliases += 1
        append([("type", .string("field-class-alias")), ("name", .string("a \(aliases)")), ("field-class", type)])
        return .string("a \(aliases)")
    }

    private mutating func variantText(_ variant: VariantClass) -> JSONText {
        let (selector, type) = location(variant.selector)
        var mappings: [EnumerationClass.Mapping] = []
        var isSigned = false
        if case .enumeration(let enumeration)? = type {
            (mappings, isSigned) = (enumeration.mappings, enumeration.container.isSigned)
        }
        let options = variant.options.compactMap { option -> JSONText? in
            var chosen = mappings.filter { $0.label == option.rawName }
            if chosen.isEmpty { chosen = mappings.filter { $0.label == option.name } }
            let type = spell(option.fieldClass)
            guard !chosen.isEmpty else { return nil }
            return .object([
                ("name", .string(option.name)), ("field-class", type),
                ("selector-field-ranges", ranges(chosen, isSigned: isSigned)),
            ])
        }
        return .object([
            ("type", .string("variant")), ("selector-field-location", selector), ("options", .array(options)),
        ])
    }

    // MARK: Integers

    private mutating func integerText(
        _ integer: IntegerClass, _ mappings: [(String, JSONText)], _ name: String
    ) -> JSONText {
        let sign = integer.isSigned ? "signed" : "unsigned"
        var object: [(String, JSONText)]
        if integer.isVariableLength {
            object = [("type", .string("variable-length-\(sign)-integer"))]
        } else {
            object = bits("fixed-length-\(sign)-integer", integer)
        }
        if integer.base != 10 || once(in: 4) { object.append(("preferred-display-base", .number(integer.base))) }
        object += mappings
        let roles = role(name, integer)
        if !roles.isEmpty { object.append(("roles", .array(roles.map { .string($0) }))) }
        return .object(object)
    }

    /// What a field's name means in CTF 1.8.
    private func role(_ name: String, _ integer: IntegerClass) -> [String] {
        switch (scope, name) {
        case (.packetHeader, "magic") where open.count == 1: ["packet-magic-number"]
        case (.packetHeader, "stream_id") where open.count == 1: ["data-stream-class-id"]
        case (.packetHeader, "stream_instance_id") where open.count == 1: ["data-stream-id"]
        case (.packetContext, "timestamp_begin") where open.count == 1: ["default-clock-timestamp"]
        case (.packetContext, "timestamp_end") where open.count == 1: ["packet-end-default-clock-timestamp"]
        case (.packetContext, "content_size") where open.count == 1: ["packet-content-length"]
        case (.packetContext, "packet_size") where open.count == 1: ["packet-total-length"]
        case (.packetContext, "packet_seq_num") where open.count == 1: ["packet-sequence-number"]
        case (.packetContext, "events_discarded") where open.count == 1: ["discarded-event-record-counter-snapshot"]
        case (.eventHeader, _) where integer.clock != nil: ["default-clock-timestamp"]
        case (.eventHeader, "timestamp") where metadata.clocks.count == 1: ["default-clock-timestamp"]
        case (.eventHeader, "id"): ["event-record-class-id"]
        default: []
        }
    }

    private mutating func bits(_ type: String, _ integer: IntegerClass) -> [(String, JSONText)] {
        bits(type, integer.bits, integer.alignment, integer.byteOrder, isReversed: integer.isReversed)
    }

    private mutating func bits(
        _ type: String, _ count: Int, _ alignment: Int, _ order: ByteOrder, isReversed: Bool
    ) -> [(String, JSONText)] {
        var object: [(String, JSONText)] = [
            ("type", .string(type)), ("length", .number(count)),
            ("byte-order", .string(order == .little ? "little-endian" : "big-endian")),
        ]
        if alignment > 1 || once(in: 4) { object.append(("alignment", .number(alignment))) }
        if isReversed || once(in: 4) {
            object.append(("bit-order", .string((order == .little) != isReversed ? "first-to-last" : "last-to-first")))
        }
        return object
    }

    private func labels(_ type: EnumerationClass) -> JSONText {
        var labels: [(String, [EnumerationClass.Mapping])] = []
        for mapping in type.mappings {
            if let place = labels.firstIndex(where: { $0.0 == mapping.label }) {
                labels[place].1.append(mapping)
            } else {
                labels.append((mapping.label, [mapping]))
            }
        }
        // Labels of one value are shown in their order: it is kept.
        return .ordered(
            labels.map { ($0.0, ranges($0.1, isSigned: type.container.isSigned && !type.isFlags)) })
    }

    private func ranges(_ mappings: [EnumerationClass.Mapping], isSigned: Bool) -> JSONText {
        func number(_ value: UInt64) -> JSONText { isSigned ? .number(Int64(bitPattern: value)) : .number(value) }
        return .array(mappings.map { .array([number($0.lower), number($0.upper)]) })
    }

    private func ranges(_ ranges: [IntegerRange]) -> JSONText {
        func number(_ value: IntegerSyntax) -> JSONText {
            .integer((value.isNegative ? "-" : "") + String(value.magnitude))
        }
        return .array(ranges.map { .array([number($0.lower), number($0.upper)]) })
    }

    // MARK: References

    /// A reference as a location, and the type that it refers to.
    private mutating func location(_ reference: FieldReference) -> (text: JSONText, type: FieldClass?) {
        guard case .name(let path) = reference.target else { return (.null, nil) }
        func location(_ origin: LayoutCompiler.Scope?, _ names: [String?]) -> JSONText {
            let path = ("path", JSONText.array(names.map { $0.map { .string($0) } ?? .null }))
            return .object(origin.map { [("origin", .string($0.origin)), path] } ?? [path])
        }
        for scope in LayoutCompiler.Scope.allCases where path.starts(with: scope.path) && path.count > scope.path.count
        {
            let rest = path[scope.path.count...]
            if scope == self.scope {
                if let found = find(rest, inOpen: 0) { return (location(scope, found.names), found.type) }
            } else if let structure = scopes[scope], let found = Self.find(rest, in: structure.members) {
                return (location(scope, found.names), found.type)
            }
        }
        for level in open.indices.reversed() {
            guard let found = find(path[...], inOpen: level) else { continue }
            if once(in: 2) {
                let before = open[..<level].map { $0.current?.name }
                return (location(scope, before + found.names), found.type)
            }
            let up = [String?](repeating: nil, count: open.count - 1 - level)
            return (location(nil, up + found.names), found.type)
        }
        for scope in LayoutCompiler.Scope.allCases.reversed() where scope.rawValue < self.scope.rawValue {
            if let structure = scopes[scope], let found = Self.find(path[...], in: structure.members) {
                return (location(scope, found.names), found.type)
            }
        }
        return (.null, nil)
    }

    private func find(_ path: ArraySlice<String>, inOpen level: Int) -> (names: [String?], type: FieldClass)? {
        guard level < open.count, let first = path.first else { return nil }
        if open[level].isNext, let next = open[level].current, [next.rawName, next.name].contains(first),
            path.count > 1, let found = find(path.dropFirst(), inOpen: level + 1)
        {
            return ([next.name] + found.names, found.type)
        }
        return Self.find(path, in: open[level].fields)
    }

    /// Names of options are no part of a location.
    private static func find(
        _ path: ArraySlice<String>, in fields: [StructureClass.Member]
    ) -> (names: [String?], type: FieldClass)? {
        guard let first = path.first,
            let field = fields.last(where: { $0.rawName == first }) ?? fields.last(where: { $0.name == first })
        else { return nil }
        if path.count == 1 { return ([field.name], field.fieldClass) }
        guard case .structure(let structure) = field.fieldClass,
            let found = find(path.dropFirst(), in: structure.members)
        else { return nil }
        return ([field.name] + found.names, found.type)
    }
}
