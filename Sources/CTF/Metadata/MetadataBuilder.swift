/// Makes metadata's meaning from its statements.
struct MetadataBuilder {
    private let resolver: TypeResolver
    private let global = TypeScope()
    private var metadata: Metadata
    private var seenTrace = false
    /// A stream block was left out: events of streams that are not there are no faults of their own.
    private var lacksStream = false
    /// Events that do not say what stream they are of.
    private var eventsWithoutStream: [Int] = []

    /// Parses and resolves a whole text.
    static func build(_ bytes: [UInt8]) throws(MetadataError) -> Metadata {
        let statements = try Parser.parse(bytes)
        // Types may stand before the trace block that says what "native" means.
        var builder = MetadataBuilder(nativeOrder: try nativeOrder(statements), statements, isWhole: true)
        for statement in statements {
            switch statement {
            case .alias(let alias): try builder.resolver.declare(alias, in: builder.global)
            case .declaration(let type): try builder.resolver.declare(type, in: builder.global)
            case .block(let block): try builder.add(block)
            }
        }
        if let fault = builder.finish().first { throw fault }
        return builder.metadata
    }

    /// Reads a text that may be damaged: incomplete and invalid declarations are left out.
    ///
    /// - Returns: The faults, in their order in the text, and notes of what was ignored.
    /// - Throws: The first fault, where there is no trace block to go by.
    static func salvage(
        _ bytes: [UInt8]
    ) throws(MetadataError) -> (Metadata, faults: [MetadataError], notes: [MetadataError]) {
        var (statements, faults) = Parser.salvage(bytes)
        var builder: MetadataBuilder
        do throws(MetadataError) {
            builder = MetadataBuilder(nativeOrder: try nativeOrder(statements), statements, isWhole: faults.isEmpty)
        } catch {
            throw faults.first ?? error
        }
        for statement in statements {
            do throws(MetadataError) {
                switch statement {
                case .alias(let alias): try builder.resolver.declare(alias, in: builder.global)
                case .declaration(let type): try builder.resolver.declare(type, in: builder.global)
                case .block(let block): try builder.add(block)
                }
            } catch {
                guard case .block(let block) = statement, block.kind == "trace" else {
                    if case .block(let block) = statement {
                        builder.lacksStream = block.kind == "stream" || builder.lacksStream
                    }
                    faults.append(error)
                    continue
                }
                throw faults.first ?? error
            }
        }
        builder.lacksStream = builder.lacksStream || !faults.isEmpty
        faults += builder.finish()
        return (
            builder.metadata,
            faults.sorted { ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column) },
            builder.resolver.notes.notes
        )
    }

    /// - Parameter isWhole: No statement is missing.
    private init(nativeOrder: ByteOrder, _ statements: [StatementSyntax], isWhole: Bool) {
        var resolver = TypeResolver(nativeOrder: nativeOrder)
        var clocks: Set<String> = []
        // Types may stand before the blocks that they refer to.
        for case .block(let block) in statements {
            for case .attribute(let attribute) in block.entries {
                switch (block.kind, attribute.name, attribute.value) {
                case ("env", _, .integer(let value)) where !value.isNegative:
                    resolver.environment[attribute.name] = value.magnitude
                case ("env", _, .string(let text)): resolver.environmentTexts[attribute.name] = text
                case ("clock", "name", .string(let name)): clocks.insert(name)
                case ("clock", "name", .path(let path)): clocks.insert(path.joined(separator: "."))
                default: break
                }
            }
        }
        resolver.clocks = isWhole ? clocks : nil
        self.resolver = resolver
        metadata = Metadata(byteOrder: nativeOrder)
    }

    private static func nativeOrder(_ statements: [StatementSyntax]) throws(MetadataError) -> ByteOrder {
        for case .block(let block) in statements where block.kind == "trace" {
            for case .attribute(let attribute) in block.entries where attribute.name == "byte_order" {
                if case .path(["native"]) = attribute.value {
                    throw MetadataError(
                        location: attribute.location, message: "expected byte_order to be le or be, found native")
                }
                return try TypeResolver(nativeOrder: .little).byteOrder(attribute)
            }
            throw MetadataError(
                location: block.location, message: "expected a byte_order in this trace block, found none")
        }
        let end = SourceLocation(line: 1, column: 1)
        throw MetadataError(location: end, message: "expected a trace block, found none")
    }

    private mutating func add(_ block: BlockSyntax) throws(MetadataError) {
        switch block.kind {
        case "trace": try addTrace(block)
        case "env": try addEnvironment(block)
        case "clock": try addClock(block)
        case "stream": try addStream(block)
        case "event": try addEvent(block)
        // callsite: where a tracepoint stands in the program; no reader uses it.
        default: break
        }
    }

    /// Walks a block's entries; declarations go to a scope of the block.
    private func walk(
        _ block: BlockSyntax, attribute: (AttributeSyntax) throws(MetadataError) -> Void,
        type: (String, StructureClass, SourceLocation) throws(MetadataError) -> Void
    ) throws(MetadataError) {
        let scope = TypeScope(parent: global)
        for entry in block.entries {
            switch entry {
            case .attribute(let syntax): try attribute(syntax)
            case .alias(let alias): try resolver.declare(alias, in: scope)
            case .declaration(let declared): try resolver.declare(declared, in: scope)
            case .type(let path, let syntax, let location):
                guard case .structure(let structure) = try resolver.resolve(syntax, in: scope) else {
                    throw resolver.fault(location, "expected \(path) to be a structure")
                }
                try type(path, structure, location)
            }
        }
    }

    private func rejectType(_ path: String, in block: String, _ location: SourceLocation) -> MetadataError {
        resolver.fault(location, "'\(path)' is not a type of \(block)")
    }
}

// MARK: - Blocks

extension MetadataBuilder {
    private mutating func addTrace(_ block: BlockSyntax) throws(MetadataError) {
        guard !seenTrace else { throw resolver.fault(block.location, "the trace block stands twice") }
        seenTrace = true
        var version: (major: Int?, minor: Int?)
        var uuid: [UInt8]?
        var packetHeader: StructureClass?
        try walk(block) { attribute throws(MetadataError) in
            switch attribute.name {
            case "major": version.major = try resolver.number(attribute, in: 0...UInt64(UInt32.max))
            case "minor": version.minor = try resolver.number(attribute, in: 0...UInt64(UInt32.max))
            case "uuid": uuid = try self.uuid(attribute)
            // byte_order was read before; what else a tracer writes here does not change how events are read.
            default: break
            }
        } type: { path, structure, location throws(MetadataError) in
            guard path == "packet.header" else { throw rejectType(path, in: "trace", location) }
            packetHeader = structure
        }
        guard version.major == 1, version.minor == 8 else {
            let found = "\(version.major.map(String.init) ?? "none").\(version.minor.map(String.init) ?? "none")"
            throw resolver.fault(block.location, "expected version 1.8 of the format, found \(found)")
        }
        metadata.uuid = uuid
        metadata.packetHeader = packetHeader
    }

    private mutating func addEnvironment(_ block: BlockSyntax) throws(MetadataError) {
        var added: [(name: String, value: EnvironmentValue)] = []
        try walk(block) { attribute throws(MetadataError) in
            switch attribute.value {
            case .integer(let value): added.append((attribute.name, .integer(Int64(bitPattern: value.bitPattern))))
            case .string(let text): added.append((attribute.name, .string(text)))
            case .path:
                throw resolver.fault(attribute.location, "expected \(attribute.name) to be an integer or a text")
            }
        } type: { path, _, location throws(MetadataError) in
            throw rejectType(path, in: "env", location)
        }
        metadata.environment += added
    }

    private mutating func addClock(_ block: BlockSyntax) throws(MetadataError) {
        var name: String?
        var description = ""
        var frequency: UInt64 = 1_000_000_000
        var precision: UInt64?
        var seconds: Int64 = 0
        var offset: Int64 = 0
        var isAbsolute = false
        var uuid: String?
        try walk(block) { attribute throws(MetadataError) in
            switch (attribute.name, attribute.value) {
            case ("name", .string(let text)): name = text
            case ("name", .path(let path)): name = path.joined(separator: ".")
            case ("description", .string(let text)): description = text
            case ("uuid", .string(let text)): uuid = text
            case ("freq", .integer(let value)) where !value.isNegative && value.magnitude > 0:
                frequency = value.magnitude
            case ("precision", .integer(let value)) where !value.isNegative: precision = value.magnitude
            case ("offset_s", .integer(let value)): seconds = try signed(value, attribute)
            case ("offset", .integer(let value)): offset = try signed(value, attribute)
            case ("absolute", .path(let path)): isAbsolute = path == ["true"] || path == ["TRUE"]
            case ("absolute", .integer(let value)): isAbsolute = value.magnitude != 0
            case ("name", _), ("description", _), ("uuid", _), ("freq", _), ("precision", _), ("offset_s", _),
                ("offset", _),
                ("absolute", _):
                throw resolver.fault(attribute.location, "this value does not suit \(attribute.name)")
            default: break
            }
        } type: { path, _, location throws(MetadataError) in
            throw rejectType(path, in: "clock", location)
        }
        guard let name else { throw resolver.fault(block.location, "this clock has no name") }
        guard !metadata.clocks.contains(where: { $0.name == name }) else {
            throw resolver.fault(block.location, "the clock '\(name)' is declared twice")
        }
        metadata.clocks.append(
            Clock(
                id: name, uid: uuid, description: description, frequency: frequency, precision: precision,
                origin: isAbsolute ? .unixEpoch : .unknown, offsetSeconds: seconds, offset: offset))
    }

    private mutating func addStream(_ block: BlockSyntax) throws(MetadataError) {
        var stream = Metadata.StreamClass(id: 0, location: block.location)
        try walk(block) { attribute throws(MetadataError) in
            if attribute.name == "id" { stream.id = try identifier(attribute) }
        } type: { path, structure, location throws(MetadataError) in
            switch path {
            case "packet.context": stream.packetContext = structure
            case "event.header": stream.eventHeader = structure
            case "event.context": stream.eventContext = structure
            default: throw rejectType(path, in: "stream", location)
            }
        }
        guard !metadata.streams.contains(where: { $0.id == stream.id }) else {
            throw resolver.fault(block.location, "the stream \(stream.id) is declared twice")
        }
        metadata.streams.append(stream)
    }

    private mutating func addEvent(_ block: BlockSyntax) throws(MetadataError) {
        var event = Metadata.EventClass(name: "", id: 0, streamID: 0, location: block.location)
        var name: String?
        var streamID: UInt64?
        try walk(block) { attribute throws(MetadataError) in
            switch (attribute.name, attribute.value) {
            case ("name", .string(let text)): name = text
            case ("name", .path(let path)): name = path.joined(separator: ".")
            case ("id", _): event.id = try identifier(attribute)
            case ("stream_id", _): streamID = try identifier(attribute)
            case ("loglevel", .integer(let value)): event.logLevel = Int64(bitPattern: value.bitPattern)
            // model.emf.uri and what else a tracer adds.
            default: break
            }
        } type: { path, structure, location throws(MetadataError) in
            switch path {
            case "context": event.context = structure
            case "fields": event.fields = structure
            default: throw rejectType(path, in: "event", location)
            }
        }
        guard let name else { throw resolver.fault(block.location, "this event has no name") }
        event.name = name
        if let streamID { event.streamID = streamID } else { eventsWithoutStream.append(metadata.events.count) }
        metadata.events.append(event)
    }

    /// Leaves out events that are of no stream or come twice.
    private mutating func finish() -> [MetadataError] {
        // A trace may leave its only stream undeclared.
        if metadata.streams.isEmpty, !lacksStream { metadata.streams.append(Metadata.StreamClass(id: 0)) }
        let streams = Set(metadata.streams.map(\.id))
        var faults: [MetadataError] = []
        if let only = metadata.streams.first?.id, streams.count == 1 {
            for index in eventsWithoutStream { metadata.events[index].streamID = only }
        } else if let index = eventsWithoutStream.first, !lacksStream {
            let event = metadata.events[index]
            faults.append(
                resolver.fault(event.location, "expected a stream_id in '\(event.name)', as there are several streams"))
        }
        if streams.count > 1, !lacksStream,
            metadata.packetHeader?.members.contains(where: { $0.name == "stream_id" }) != true
        {
            faults.append(
                resolver.fault(
                    metadata.streams[1].location,
                    "expected a stream_id in the packet header, as there are several streams"))
        }
        faults += metadata.leaveOutStrayEvents(lacksStream: lacksStream)
        return faults
    }

    // MARK: Values

    private func identifier(_ attribute: AttributeSyntax) throws(MetadataError) -> UInt64 {
        guard case .integer(let value) = attribute.value, !value.isNegative else {
            throw resolver.fault(attribute.location, "expected \(attribute.name) to be a number from 0")
        }
        return value.magnitude
    }

    private func signed(_ value: IntegerSyntax, _ attribute: AttributeSyntax) throws(MetadataError) -> Int64 {
        guard value.isNegative || value.magnitude <= UInt64(Int64.max) else {
            throw resolver.fault(attribute.location, "expected \(attribute.name) to be a signed integer of 64 bits")
        }
        return Int64(bitPattern: value.bitPattern)
    }

    private func uuid(_ attribute: AttributeSyntax) throws(MetadataError) -> [UInt8] {
        guard case .string(let text) = attribute.value else {
            throw resolver.fault(attribute.location, "expected uuid to be a text")
        }
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { start in
            UInt8(String(decoding: digits[start..<min(start + 2, digits.count)], as: UTF8.self), radix: 16)
        }
        guard digits.count == 32, bytes.count == 16 else {
            throw resolver.fault(attribute.location, "expected uuid to be 32 hexadecimal digits")
        }
        return bytes
    }
}
