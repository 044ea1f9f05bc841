import PoolSchedule

@testable import CTF

/// Makes the parts of a generated trace, in the order in which they depend on each other.
struct TraceBuilder {
    /// A clock whose nanoseconds babeltrace2 computes exactly: it multiplies in floating point.
    private struct TraceClock {
        var name: String
        var frequency: UInt64
        /// Readings stay below.
        var limit: UInt64
    }

    private enum HeaderKind {
        case none, fields, compact, large
    }

    private struct StreamClass {
        var id: UInt64
        var clock: TraceClock?
        var context: GeneratedType?
        var hasTimes = false
        var hasSizes = false
        /// Of the packet context: the packet's content ends where the packet does, so events end at bytes.
        var isExact = true
        var kind = HeaderKind.none
        var header: GeneratedType?
        /// The width of the header's time; 0 without one.
        var timeBits = 0
        var eventContext: GeneratedType?
        var events: [EventClass] = []
    }

    private struct EventClass {
        var name: String
        var id: UInt64
        var context: GeneratedType?
        var fields: GeneratedType?
    }

    private let seed: UInt64
    private let version: GeneratedTrace.Version
    private var random: SplitMix64
    private var types: TypeGenerator
    private var speller: MetadataSpeller
    private let order: ByteOrder
    private let uuid: [UInt8]
    private var clocks: [TraceClock] = []
    private var packetHeader: GeneratedType?
    private var hasInstances = false
    private var streams: [StreamClass] = []
    private(set) var text = ""
    private(set) var metadata: [UInt8] = []
    private(set) var files: [GeneratedTrace.File] = []

    var hasClock: Bool { !clocks.isEmpty }

    init(seed: UInt64, version: GeneratedTrace.Version) {
        self.seed = seed
        self.version = version
        random = SplitMix64(seed: seed)
        order = random.next() % 2 == 0 ? .little : .big
        let packed: ByteOrder = random.next() % 2 == 0 ? .little : .big
        types = TypeGenerator(random: SplitMix64(seed: random.next()), packedOrder: packed, version: version)
        speller = MetadataSpeller(random: SplitMix64(seed: random.next()), nativeOrder: order)
        // Of several traces with one UUID babeltrace2 makes one.
        var bytes = SplitMix64(seed: random.next())
        uuid = (0..<16).map { _ in UInt8(truncatingIfNeeded: bytes.next()) }
    }

    private mutating func once(in count: UInt64) -> Bool { random.next() % count == 0 }

    private mutating func number(upTo most: Int) -> Int { Int(random.next() % UInt64(most + 1)) }

    mutating func build() {
        makeClocks()
        makeStreams()
        spell()
        if version != .one { text = spellCTF2() }
        metadata =
            random.next() % 3 == 0 && version != .twoOfBabeltrace ? packetized(Array(text.utf8)) : Array(text.utf8)
        makeFiles()
    }

    // MARK: Types

    private mutating func makeClocks() {
        guard !once(in: 10) else { return }
        for name in ["cycles", "mono", "other"].prefix(1 + number(upTo: 2)) {
            // babeltrace2 multiplies in floating point: exact below 2^53.
            let isExact = once(in: 2)
            let frequency = isExact ? 1_000_000_000 : [1, 1000, 999_999_937, 2_445_000_000, 32768][number(upTo: 4)]
            clocks.append(
                TraceClock(
                    name: name, frequency: UInt64(frequency),
                    limit: isExact ? 1 << 60 : frequency == 1 ? 9000 : 9_000_000))
        }
    }

    /// An unsigned integer that means something to the reader.
    private mutating func known(_ name: String, least: Int, clock: String? = nil) -> GeneratedType.Member {
        var number = types.number(smallest: least)
        number.isSigned = false
        let isVariable = name == "id" || name == "timestamp" && version == .two
        if number.isVariable, !isVariable { (number.isVariable, number.bits) = (false, 64) }
        number.clock = clock
        number.purpose = .known(name)
        return GeneratedType.Member(name: name, type: GeneratedType(.integer(number), isClosed: false))
    }

    /// A byte at the end, so that what follows is at a byte.
    private func ended(_ type: GeneratedType) -> GeneratedType {
        guard case .structure(let members, let minimum) = type.kind else { return type }
        let last = GeneratedType.Number(bits: 8, alignment: 8, order: order)
        return GeneratedType(
            .structure(
                members + [GeneratedType.Member(name: "last", type: GeneratedType(.integer(last), isClosed: false))],
                minimumAlignment: minimum), isClosed: false)
    }

    private mutating func makeStreams() {
        var count = 1
        if !once(in: 5) {
            var given: [GeneratedType.Member] = []
            // babeltrace2 wants it to be the first.
            var magic: GeneratedType.Member?
            if !once(in: 3) {
                var number = types.number(smallest: 32)
                (number.bits, number.isSigned, number.purpose) = (32, false, .known("magic"))
                (number.isVariable, number.isReversed) = (false, false)
                if number.alignment < 8 { number.order = types.packedOrder }
                magic = .init(name: "magic", type: GeneratedType(.integer(number), isClosed: false))
            }
            if once(in: 2) {
                var byte = GeneratedType.Number(bits: 8, alignment: 8, order: order)
                byte.purpose = .known("uuid")
                let element = GeneratedType(.integer(byte), isClosed: false)
                given.append(.init(name: "uuid", type: GeneratedType(.array(element, 16), isClosed: false)))
            }
            if !once(in: 3) {
                given.append(known("stream_id", least: 8))
                count = 1 + number(upTo: 2)
            }
            hasInstances = once(in: 2)
            if hasInstances { given.append(known("stream_instance_id", least: 8)) }
            var root = types.root(
                ["trace", "packet", "header"], given: given.shuffled(using: &random), others: number(upTo: 2) / 2)
            if let magic, case .structure(let members, let minimum) = root.kind {
                root = GeneratedType(.structure([magic] + members, minimumAlignment: minimum), isClosed: false)
            }
            packetHeader = root
        }
        for index in 0..<count { makeStream(id: count == 1 ? 0 : UInt64(index * 3 + number(upTo: 2))) }
        if streams.contains(where: \.isExact), let header = packetHeader { packetHeader = ended(header) }
    }

    private mutating func makeStream(id: UInt64) {
        var stream = StreamClass(id: id)
        stream.clock = clocks.randomElement(using: &random)
        makeContext(&stream)
        makeHeader(&stream)
        if once(in: 3) {
            stream.eventContext = types.root(["stream", "event", "context"], others: 1 + number(upTo: 2))
        }
        makeEvents(&stream)
        if stream.isExact { stream.context = stream.context.map(ended) }
        streams.append(stream)
        for scope in [
            ["stream", "packet", "context"], ["stream", "event", "header"], ["stream", "event", "context"],
        ] {
            types.leave(scope)
        }
    }

    private mutating func makeContext(_ stream: inout StreamClass) {
        // babeltrace2 2.1.2 ends at an assertion where a stream has a clock and its packets have no times.
        let needsTimes = version == .twoOfBabeltrace && stream.clock != nil
        guard !once(in: 5) || needsTimes else { return }
        var given: [GeneratedType.Member] = []
        stream.hasTimes = stream.clock != nil && (!once(in: 4) || needsTimes)
        if stream.hasTimes {
            for name in ["timestamp_begin", "timestamp_end"] {
                given.append(known(name, least: 64, clock: stream.clock?.name))
            }
        }
        stream.hasSizes = !once(in: 4)
        if stream.hasSizes {
            given.append(known("packet_size", least: 24))
            // babeltrace2 takes a content size alone for the packet's, the specification does not.
            stream.isExact = once(in: 4)
            if !stream.isExact { given.append(known("content_size", least: 24)) }
        }
        // Without times babeltrace2 gives messages of loss the times of a packet before.
        if stream.hasTimes || stream.clock == nil {
            if once(in: 2) { given.append(known("events_discarded", least: 16)) }
            if once(in: 2) { given.append(known("packet_seq_num", least: 16)) }
        }
        stream.context = types.root(
            ["stream", "packet", "context"], given: given.shuffled(using: &random), others: number(upTo: 2))
    }

    private mutating func makeEvents(_ stream: inout StreamClass) {
        let several = stream.kind != .none && stream.header.map { $0.has("id") } == true
        let ids: [UInt64] = once(in: 2) ? [0, 1, 2, 3] : [7, 0, 30, 5].map { $0 + (stream.kind == .large ? 60 : 0) }
        for index in 0..<(several ? 1 + number(upTo: 3) : 1) {
            var event = EventClass(name: "s\(seed)e\(streams.count)_\(index)", id: several ? ids[index] : 0)
            if once(in: 3) {
                // babeltrace2 2.0.4 does not resolve what stands in an event's own context: it looks at the stream's
                // twice.
                event.context = types.root(["event", "context"], others: number(upTo: 3), refers: false)
            }
            if !once(in: 12) || stream.kind == .none || stream.isExact {
                event.fields = types.root(["event", "fields"], others: number(upTo: 6))
            }
            if stream.kind == .none || stream.isExact { event.fields = event.fields.map(ended) }
            stream.events.append(event)
            types.leave(["event", "context"])
            types.leave(["event", "fields"])
        }
    }

    private mutating func makeHeader(_ stream: inout StreamClass) {
        let kind = number(upTo: 5)
        // babeltrace2 does not merge streams with a clock and without: each stream has a time somewhere.
        let needsTime = stream.clock != nil && !stream.hasTimes
        if kind == 0, !needsTime { return }
        if kind == 1 || kind == 2, let clock = stream.clock?.name {
            stream.kind = kind == 1 ? .compact : .large
            stream.timeBits = kind == 1 ? 27 : 32
            stream.header = Self.tagged(isCompact: kind == 1, order: order, packed: types.packedOrder, clock: clock)
            return
        }
        stream.kind = .fields
        var given: [GeneratedType.Member] = []
        if !once(in: 5) { given.append(known("id", least: 8)) }
        if let clock = stream.clock, needsTime || !once(in: 8) {
            var time = known("timestamp", least: 8, clock: clock.name)
            if case .integer(let number) = time.type.kind { stream.timeBits = number.bits }
            if once(in: 4) { time.name = "when" }
            given.append(time)
        }
        if given.isEmpty {
            stream.kind = .none
            return
        }
        stream.header = types.root(
            ["stream", "event", "header"], given: given.shuffled(using: &random), others: number(upTo: 2) / 2)
    }

    /// LTTng's headers: a tag that is the id, or says that id and full time follow.
    private static func tagged(isCompact: Bool, order: ByteOrder, packed: ByteOrder, clock: String) -> GeneratedType {
        func number(_ bits: Int, _ name: String, clock: String? = nil) -> GeneratedType.Number {
            GeneratedType.Number(
                bits: bits, alignment: bits % 8 == 0 ? 8 : 1, order: bits % 8 == 0 ? order : packed, clock: clock,
                purpose: .known(name))
        }
        func member(_ bits: Int, _ name: String, clock: String? = nil) -> GeneratedType.Member {
            .init(name: name, type: GeneratedType(.integer(number(bits, name, clock: clock)), isClosed: false))
        }
        func structure(_ members: [GeneratedType.Member], _ minimum: Int = 1) -> GeneratedType {
            GeneratedType(.structure(members, minimumAlignment: minimum), isClosed: false)
        }
        let most: Int64 = isCompact ? 30 : 65534
        let tag = GeneratedType(
            .enumeration(
                number(isCompact ? 5 : 16, "id"),
                [
                    .init(label: "compact", range: 0...most, lower: 0, upper: UInt64(most)),
                    .init(
                        label: "extended", range: most + 1...most + 1, lower: UInt64(most) + 1, upper: UInt64(most) + 1),
                ]), isClosed: false)
        let first = structure([member(isCompact ? 27 : 32, "timestamp", clock: clock)])
        let second = structure([member(32, "id"), member(64, "timestamp", clock: clock)])
        let variant = GeneratedType(
            .variant(
                .init(path: ["id"], slot: 0),
                [.init(name: "compact", type: first), .init(name: "extended", type: second)]), isClosed: false)
        return structure([.init(name: "id", type: tag), .init(name: "v", type: variant)], 8)
    }
}

// MARK: - Text

extension TraceBuilder {
    private mutating func spell() {
        text = "/* CTF 1.8 */\n"
        var attributes = [
            "major = 1", "minor = 8", "byte_order = \(order == .little ? "le" : once(in: 2) ? "be" : "network")",
        ]
        if once(in: 2) || packetHeader?.has("uuid") == true {
            let digits = uuid.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
            attributes.append("uuid = \"\(parts.joined(separator: "-"))\"")
        }
        if once(in: 3) { text += "env { host = \"box\"; number = -3; text = \"a\\tb\\x41\\101\\\"\"; };\n" }
        let isBefore = once(in: 2)
        if isBefore { spellClocks() }
        text += speller.block(
            "trace", attributes: attributes.shuffled(using: &random),
            types: packetHeader.map { [("packet.header", $0)] } ?? [])
        if !isBefore { spellClocks() }
        for stream in streams {
            let id =
                packetHeader?.has("stream_id") == true && (stream.id != 0 || streams.count > 1 || once(in: 2))
                ? ["id = " + speller.literal(stream.id)] : []
            var types: [(path: String, type: GeneratedType)] = []
            if let type = stream.context { types.append(("packet.context", type)) }
            if let type = stream.header { types.append(("event.header", type)) }
            if let type = stream.eventContext { types.append(("event.context", type)) }
            if !id.isEmpty || !types.isEmpty || streams.count > 1 {
                text += speller.block("stream", attributes: id, types: types)
            }
            for event in stream.events { spell(event, of: stream, hasID: !id.isEmpty) }
        }
        if once(in: 6) { text += "callsite { name = \"x\"; func = \"f\"; file = \"a.c\"; line = 3; };\n" }
    }

    private mutating func spellClocks() {
        for clock in clocks {
            var attributes = ["name = " + (once(in: 2) ? clock.name : "\"\(clock.name)\"")]
            // Of a clock without a frequency babeltrace2 2.0.4 assumes 0, and divides by it.
            attributes.append("freq = " + speller.literal(clock.frequency))
            if once(in: 2) { attributes.append("offset_s = " + speller.literal(UInt64(number(upTo: 1_700_000_000)))) }
            if once(in: 2) {
                // babeltrace2 rounds the offset and the ticks down each for itself: the offset is whole nanoseconds.
                let isWhole = 1_000_000_000 % clock.frequency == 0
                let offset = isWhole ? number(upTo: Int(clock.limit - 1)) : number(upTo: 3) * Int(clock.frequency)
                attributes.append("offset = " + speller.literal(UInt64(offset)))
            }
            if once(in: 4) { attributes.append("precision = " + speller.literal(UInt64(number(upTo: 100)))) }
            if once(in: 4) { attributes.append("absolute = " + (once(in: 2) ? "true" : "FALSE")) }
            if once(in: 4) { attributes.append("description = \"a \\\"clock\\\"\"") }
            text += speller.block("clock", attributes: attributes, types: [])
        }
    }

    private mutating func spell(_ event: EventClass, of stream: StreamClass, hasID: Bool) {
        var attributes = ["name = \"\(event.name)\""]
        if event.id != 0 || stream.events.count > 1 || once(in: 2) {
            attributes.append("id = " + speller.literal(event.id))
        }
        if hasID { attributes.append("stream_id = " + speller.literal(stream.id)) }
        if once(in: 4) { attributes.append("loglevel = \(number(upTo: 14))") }
        if once(in: 4) { attributes.append("model.emf.uri = \"http://example.com\"") }
        var types: [(path: String, type: GeneratedType)] = []
        if let type = event.context { types.append(("context", type)) }
        if let type = event.fields { types.append(("fields", type)) }
        text += speller.block("event", attributes: attributes.shuffled(using: &random), types: types)
    }

    private mutating func packetized(_ text: [UInt8]) -> [UInt8] {
        let order: ByteOrder = once(in: 2) ? .little : .big
        func word(_ value: Int) -> [UInt8] {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return order == .little ? bytes : bytes.reversed()
        }
        var bytes: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            let part = rest.prefix(1 + number(upTo: 4000))
            let padding = once(in: 2) ? 0 : number(upTo: 100)
            let size = 37 + part.count + padding
            bytes += word(0x75D1_1D57) + uuid + word(0) + word((37 + part.count) * 8) + word(size * 8)
            bytes += [0, 0, 0] + (version == .one ? [1, 8] : [2, 0]) + part + [UInt8](repeating: 0, count: padding)
            rest.removeFirst(part.count)
        }
        return bytes
    }
}

// MARK: - Streams

extension TraceBuilder {
    private mutating func makeFiles() {
        for (index, stream) in streams.enumerated() {
            for instance in 0..<(streams.count > 1 ? 1 : 1 + number(upTo: 2)) {
                makeFiles(of: stream, name: "stream_\(index)_\(instance)", instance: UInt64(instance))
            }
        }
    }

    private mutating func makeFiles(of stream: StreamClass, name: String, instance: UInt64) {
        let file = GeneratedTrace.File(
            name: name, streamID: stream.id, instance: hasInstances ? instance : nil)
        var part = 0
        var current = file
        var ticks: UInt64 = 0
        var discarded: UInt64 = 0
        var sequence = random.next() % 4
        for _ in 0..<(stream.hasSizes ? 1 + number(upTo: 3) : 1) {
            discarded += once(in: 2) ? 0 : random.next() % 5
            // Files of one stream are told from each other by their times: babeltrace2 takes packets of one time and
            // place in their files for one packet.
            if hasInstances, stream.hasTimes, !current.packets.isEmpty, once(in: 2),
                ticks + 1 < stream.clock?.limit ?? 0
            {
                ticks += 1
                files.append(current)
                current = file
                part += 1
                current.name = "\(name)_\(part)"
            }
            appendPacket(of: stream, to: &current, &ticks, instance, discarded, sequence)
            sequence += once(in: 4) ? 2 : 1
        }
        files.append(current)
    }

    private mutating func appendPacket(
        of stream: StreamClass, to file: inout GeneratedTrace.File, _ ticks: inout UInt64, _ instance: UInt64,
        _ discarded: UInt64, _ sequence: UInt64
    ) {
        var writer = PacketWriter(
            random: SplitMix64(seed: random.next()), slots: types.slots + 1, uuid: uuid,
            hasEmptyTexts: version == .two)
        let limit = stream.clock?.limit ?? 0
        // Where packets say when they begin a gap may be of any length.
        if stream.hasTimes { advance(&ticks, bits: 40, limit) }
        let given: [String: UInt64] = [
            "magic": 0xC1FC_1FC1, "stream_id": stream.id, "stream_instance_id": instance, "timestamp_begin": ticks,
            "events_discarded": discarded, "packet_seq_num": sequence,
        ]
        if let packetHeader { _ = writer.write(packetHeader, given: given) }
        if let context = stream.context { _ = writer.write(context, given: given) }
        var packet = GeneratedTrace.Packet(
            offset: file.bytes.count, size: 0, headerBits: writer.bits,
            sequence: stream.context?.has("packet_seq_num") == true ? sequence : nil,
            discarded: stream.context?.has("events_discarded") == true ? discarded : nil, events: [])
        for _ in 0..<number(upTo: 7) {
            guard let type = stream.events.randomElement(using: &random) else { break }
            if stream.timeBits > 0 { advance(&ticks, bits: stream.timeBits, limit) }
            writeHeader(of: stream, type, ticks, &writer)
            var event = GeneratedTrace.Event(name: type.name, ticks: ticks, scopes: [], end: 0)
            let scopes = [
                ("stream.event.context", stream.eventContext), ("event.context", type.context),
                ("event.fields", type.fields),
            ]
            for (name, root) in scopes {
                guard let root, case .structure(let members) = writer.write(root) else { continue }
                event.scopes.append(GeneratedTrace.Scope(name: name, type: root, members: members))
            }
            event.end = writer.bits
            packet.events.append(event)
        }
        let content = writer.bits
        if stream.hasTimes { advance(&ticks, bits: 20, limit) }
        writer.pad(to: (content + 7) / 8 + (stream.isExact ? 0 : number(upTo: 1) * number(upTo: 60)))
        packet.size = writer.bytes.count
        writer.patch("timestamp_end", ticks)
        writer.patch("packet_size", UInt64(writer.bytes.count * 8))
        writer.patch("content_size", UInt64(content))
        file.bytes += writer.bytes
        file.packets.append(packet)
    }

    /// Steps forward by less than so many bits can say.
    private mutating func advance(_ ticks: inout UInt64, bits: Int, _ limit: UInt64) {
        let most: UInt64 = 1 << UInt64(min(bits, 40))
        let step: UInt64
        switch random.next() % 8 {
        case 0, 1: step = 0
        case 2: step = most - 1
        case 3: step = random.next() % most
        default: step = random.next() % min(most, 100)
        }
        if ticks + step < limit { ticks += step }
    }

    private mutating func writeHeader(
        of stream: StreamClass, _ type: EventClass, _ ticks: UInt64, _ writer: inout PacketWriter
    ) {
        guard let header = stream.header else { return }
        guard stream.kind != .fields else {
            _ = writer.write(header, given: ["id": type.id, "timestamp": ticks])
            return
        }
        let isCompact = stream.kind == .compact
        guard case .structure(let members, _) = header.kind, case .enumeration(let tag, _) = members[0].type.kind,
            case .variant(_, let options) = members[1].type.kind
        else { return }
        let isExtended = type.id > (isCompact ? 30 : 65534) || once(in: 4)
        writer.align(header.alignment)
        writer.write(isExtended ? (isCompact ? 31 : 65535) : type.id, tag)
        _ = writer.write(options[isExtended ? 1 : 0].type, given: ["id": type.id, "timestamp": ticks])
    }
}

extension GeneratedType {
    /// Whether a structure has a field of a name.
    func has(_ name: String) -> Bool {
        if case .structure(let members, _) = kind { members.contains { $0.name == name } } else { false }
    }
}

// MARK: - CTF 2

extension TraceBuilder {
    /// The metadata as a reader has it, in CTF 2's language.
    private mutating func spellCTF2() -> String {
        let start = SourceLocation(line: 1, column: 1)
        var metadata = Metadata(hasMeaningfulNames: true, byteOrder: order)
        if packetHeader?.has("uuid") == true || once(in: 2) { metadata.uuid = uuid }
        if once(in: 3) { metadata.environment = [("host", .string("box\n\"é")), ("number", .integer(-3))] }
        metadata.packetHeader = packetHeader?.structureClass
        for clock in clocks {
            let isWhole = 1_000_000_000 % clock.frequency == 0
            metadata.clocks.append(
                Clock(
                    id: clock.name, uid: once(in: 2) ? "u" : nil, description: once(in: 2) ? "a \"clock\"" : "",
                    frequency: clock.frequency, precision: once(in: 3) ? UInt64(number(upTo: 100)) : nil,
                    // Of another frequency babeltrace2 2.1.2 computes all nanoseconds since the epoch in floating
                    // point.
                    origin: .unixEpoch, offsetSeconds: Int64(number(upTo: isWhole ? 1_700_000_000 : 1_000_000)),
                    offset: isWhole ? Int64(number(upTo: Int(clock.frequency - 1))) : 0))
        }
        for stream in streams {
            var type = Metadata.StreamClass(id: stream.id, location: start)
            type.packetContext = stream.context?.structureClass
            type.eventHeader = stream.header?.structureClass
            type.eventContext = stream.eventContext?.structureClass
            metadata.streams.append(type)
            for event in stream.events {
                metadata.events.append(
                    Metadata.EventClass(
                        name: event.name, id: event.id, streamID: stream.id, logLevel: nil,
                        context: event.context?.structureClass, fields: event.fields?.structureClass, location: start))
            }
        }
        return CTF2Speller.spell(metadata, seed: seed, hasSeparators: version == .twoOfBabeltrace)
    }
}
