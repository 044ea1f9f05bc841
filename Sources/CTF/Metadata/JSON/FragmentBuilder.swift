/// Makes metadata's meaning from the fragments of CTF 2: a sequence of JSON texts (RFC 7464), each after a record
/// separator, or without.
struct FragmentBuilder {
    /// After so many faults the rest is not looked at: each may cost a walk over all of the text.
    private static let mostFaults = 100
    private static let separator: UInt8 = 0x1E

    private let text: [UInt8]
    private var metadata = Metadata(hasMeaningfulNames: false)
    private var reader: FieldClassReader
    private var faults: [MetadataError] = []
    private var hasPreamble = false
    private var hasTraceClass = false
    /// Fragments were left out: what the others refer to may have been in them.
    private var isDamaged = false

    private init(_ text: [UInt8]) {
        self.text = text
        reader = FieldClassReader(lines: LineTable(text), notes: MetadataNotes())
    }

    /// Whether a text is in this language: it begins with an object, or has a separator anywhere.
    static func reads(_ text: [UInt8]) -> Bool {
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == UInt8(ascii: "{") || text.contains(separator)
    }

    /// Reads a text that may be damaged: incomplete and invalid fragments are left out.
    ///
    /// - Returns: The faults, in their order in the text, and notes of what was ignored.
    /// - Throws: Where there is nothing that a stream could be read by, or the format forbids to.
    static func salvage(
        _ text: [UInt8]
    ) throws(MetadataError) -> (Metadata, faults: [MetadataError], notes: [MetadataError]) {
        var builder = FragmentBuilder(text)
        try builder.readFragments()
        builder.finish()
        // Without the trace class the layout of packet headers is unknown.
        if let fault = builder.faults.first, builder.metadata.streams.isEmpty || !builder.hasTraceClass { throw fault }
        return (builder.metadata, builder.faults, builder.reader.notes.notes)
    }

    // MARK: Fragments

    private mutating func readFragments() throws(MetadataError) {
        var place = 0
        while faults.count < Self.mostFaults {
            while place < text.count, text[place] == Self.separator || [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) {
                place += 1
            }
            guard place < text.count else { return }
            let start = place
            var parser = JSONParser(text, at: start)
            var value: JSONValue?
            do throws(JSONFault) {
                let parsed = try parser.value()
                value = parsed
                try add(try JSONObject(parsed, "a fragment"))
                place = parser.position
            } catch {
                let fault = fault(error, of: value)
                if error.isFatal { throw fault }
                isDamaged = true
                faults.append(fault)
                place = value == nil ? next(after: start, at: parser.position) : parser.position
            }
        }
    }

    /// Where the next fragment begins, after one that cannot be parsed.
    private func next(after start: Int, at fault: Int) -> Int {
        if let separator = text[(start + 1)...].firstIndex(of: Self.separator) { return separator }
        // Without separators a fragment begins as the first object of a line does.
        var place = max(start + 1, fault)
        while place < text.count {
            guard let line = text[place...].firstIndex(of: UInt8(ascii: "\n")) else { return text.count }
            if line + 1 < text.count, text[line + 1] == UInt8(ascii: "{") { return line + 1 }
            place = line + 1
        }
        return text.count
    }

    private func fault(_ fault: JSONFault, of fragment: JSONValue?) -> MetadataError {
        let path = fault.path ?? fragment?.path(to: fault.offset) ?? ""
        let message = path.isEmpty ? fault.message : "\(path): \(fault.message)"
        return MetadataError(location: reader.lines.location(of: fault.offset), message: message)
    }

    private mutating func add(_ fragment: JSONObject) throws(JSONFault) {
        let type = try fragment.requiredString("type")
        if !hasPreamble, type != "preamble", !isDamaged {
            isDamaged = true
            let found = JSONFault.quoted(type)
            faults.append(
                MetadataError(
                    location: reader.lines.location(of: fragment.value.offset),
                    message: "expected a preamble fragment first, found \(found)"))
        }
        switch type {
        case "preamble": try addPreamble(fragment)
        case "field-class-alias":
            reader.check(fragment, type, ["name", "field-class"])
            let name = try fragment.requiredString("name")
            let type = try reader.fieldClass(try fragment.required("field-class"))
            try reader.declare(name, type, at: try fragment.required("name"))
        case "trace-class": try addTraceClass(fragment)
        case "clock-class": try addClock(fragment)
        case "data-stream-class": try addStreamClass(fragment)
        case "event-record-class": try addEventClass(fragment)
        default: throw JSONFault(try fragment.required("type"), expected: "a type of fragments")
        }
    }

    private mutating func addPreamble(_ fragment: JSONObject) throws(JSONFault) {
        guard !hasPreamble else { throw JSONFault(at: fragment.value.offset, "the preamble stands twice") }
        hasPreamble = true
        for member in fragment.members
        where !["type", "version", "uuid", "attributes", "extensions"].contains(member.name) {
            reader.note(
                member.value, "\(JSONFault.quoted(member.name)) is not a property of a preamble, and is ignored")
        }
        let version = try fragment.required("version")
        guard case .integer(let number) = version.kind, number == IntegerSyntax(magnitude: 2, isNegative: false) else {
            throw JSONFault(version, expected: "version 2 of the format", isFatal: true)
        }
        if let extensions = fragment["extensions"] {
            for namespace in try JSONObject(extensions).members {
                if let name = try JSONObject(namespace.value).members.first {
                    let found = "\(JSONFault.quoted(name.name)) of \(JSONFault.quoted(namespace.name))"
                    throw JSONFault(
                        at: name.offset, "expected no extension, as this reader knows none, found \(found)",
                        path: fragment.value.path(to: name.value.offset), isFatal: true)
                }
            }
        }
        guard let uuid = fragment["uuid"] else { return }
        var bytes: [UInt8] = []
        for element in try JSONObject.array(uuid) {
            guard case .integer(let byte) = element.kind, !byte.isNegative, byte.magnitude <= 255 else {
                throw JSONFault(element, expected: "an integer from 0 to 255")
            }
            bytes.append(UInt8(byte.magnitude))
        }
        guard bytes.count == 16 else { throw JSONFault(uuid, expected: "an array of 16 integers") }
        metadata.uuid = bytes
    }

    private mutating func addTraceClass(_ fragment: JSONObject) throws(JSONFault) {
        guard !hasTraceClass else { throw JSONFault(at: fragment.value.offset, "the trace class stands twice") }
        reader.check(
            fragment, "trace-class", ["namespace", "name", "uid", "environment", "packet-header-field-class"])
        if let environment = fragment["environment"] {
            for entry in try JSONObject(environment).members {
                switch entry.value.kind {
                case .integer(let value):
                    metadata.environment.append((entry.name, .integer(Int64(bitPattern: value.bitPattern))))
                case .string(let text): metadata.environment.append((entry.name, .string(text)))
                default: throw JSONFault(entry.value, expected: "an integer or a text")
                }
            }
        }
        metadata.identity = try identity(fragment)
        metadata.packetHeader = try reader.scope(fragment, "packet-header-field-class")
        hasTraceClass = true
    }

    private func identity(_ object: JSONObject) throws(JSONFault) -> Metadata.Identity {
        Metadata.Identity(
            namespace: try object.string("namespace"), name: try object.string("name"), uid: try object.string("uid"))
    }

    private mutating func addClock(_ fragment: JSONObject) throws(JSONFault) {
        reader.check(
            fragment, "clock-class",
            [
                "id", "namespace", "name", "uid", "frequency", "origin", "offset-from-origin", "precision",
                "accuracy", "description",
            ])
        let id = try fragment.requiredString("id")
        guard !metadata.clocks.contains(where: { $0.id == id }) else {
            throw JSONFault(try fragment.required("id"), expected: "an ID that no clock class has yet")
        }
        let frequency = try fragment.requiredUnsigned("frequency", from: 1)
        var seconds: Int64 = 0
        var cycles: UInt64 = 0
        if let value = fragment["offset-from-origin"] {
            let offset = try JSONObject(value)
            reader.check(offset, "a clock's offset", ["seconds", "cycles"], isExtensible: false)
            if let integer = try offset.integer("seconds") {
                guard integer.isNegative || integer.magnitude <= UInt64(Int64.max) else {
                    throw JSONFault(try offset.required("seconds"), expected: "a signed integer of 64 bits")
                }
                seconds = Int64(bitPattern: integer.bitPattern)
            }
            cycles = try offset.unsigned("cycles", to: min(frequency - 1, UInt64(Int64.max))) ?? 0
        }
        let identity = try identity(fragment)
        metadata.clocks.append(
            Clock(
                id: id, name: identity.name, namespace: identity.namespace, uid: identity.uid,
                description: try fragment.string("description") ?? "", frequency: frequency,
                precision: try fragment.unsigned("precision"), accuracy: try fragment.unsigned("accuracy"),
                origin: try origin(fragment), offsetSeconds: seconds, offset: Int64(cycles)))
    }

    private func origin(_ fragment: JSONObject) throws(JSONFault) -> Clock.Origin {
        guard let value = fragment["origin"] else { return .unknown }
        if case .string = value.kind {
            return try fragment.word("origin", of: ["unix-epoch": Clock.Origin.unixEpoch]) ?? .unknown
        }
        let origin = try JSONObject(value, "\"unix-epoch\" or an object")
        reader.check(origin, "a clock's origin", ["namespace", "name", "uid"], isExtensible: false)
        return .named(
            namespace: try origin.string("namespace"), name: try origin.requiredString("name"),
            uid: try origin.requiredString("uid"))
    }

    private mutating func addStreamClass(_ fragment: JSONObject) throws(JSONFault) {
        reader.check(
            fragment, "data-stream-class",
            [
                "id", "namespace", "name", "uid", "default-clock-class-id", "packet-context-field-class",
                "event-record-header-field-class", "event-record-common-context-field-class",
            ])
        var stream = Metadata.StreamClass(
            id: try fragment.unsigned("id") ?? 0, location: reader.lines.location(of: fragment.value.offset))
        guard !metadata.streams.contains(where: { $0.id == stream.id }) else {
            throw JSONFault(
                fragment["id"] ?? fragment.value, expected: "an ID that no data stream class has yet")
        }
        _ = try identity(fragment)
        stream.clock = try fragment.string("default-clock-class-id")
        if let clock = stream.clock, !isDamaged, !metadata.clocks.contains(where: { $0.id == clock }) {
            throw JSONFault(
                try fragment.required("default-clock-class-id"), expected: "the ID of a clock class that stands before")
        }
        stream.packetContext = try reader.scope(fragment, "packet-context-field-class")
        stream.eventHeader = try reader.scope(fragment, "event-record-header-field-class")
        stream.eventContext = try reader.scope(fragment, "event-record-common-context-field-class")
        metadata.streams.append(stream)
    }

    private mutating func addEventClass(_ fragment: JSONObject) throws(JSONFault) {
        reader.check(
            fragment, "event-record-class",
            [
                "id", "data-stream-class-id", "namespace", "name", "uid", "specific-context-field-class",
                "payload-field-class",
            ])
        let id = try fragment.unsigned("id") ?? 0
        let identity = try identity(fragment)
        metadata.events.append(
            Metadata.EventClass(
                name: identity.name ?? identity.uid ?? "<unnamed \(id)>", id: id,
                streamID: try fragment.unsigned("data-stream-class-id") ?? 0, logLevel: logLevel(fragment),
                context: try reader.scope(fragment, "specific-context-field-class"),
                fields: try reader.scope(fragment, "payload-field-class"),
                location: reader.lines.location(of: fragment.value.offset)))
    }

    /// LTTng's severities, 0 to 14.
    private static let logLevels = [
        "emergency", "alert", "critical", "error", "warning", "notice", "info", "debug:system", "debug:program",
        "debug:process", "debug:module", "debug:unit", "debug:function", "debug:line", "debug",
    ]

    private func logLevel(_ fragment: JSONObject) -> Int64? {
        guard let attributes = fragment["attributes"], case .object(let namespaces) = attributes.kind,
            let lttng = namespaces.first(where: { $0.name == "lttng.org,2009" })?.value,
            case .object(let values) = lttng.kind,
            case .string(let level)? = values.first(where: { $0.name == "log-level" })?.value.kind
        else { return nil }
        return Self.logLevels.firstIndex(of: level).map { Int64($0) }
    }

    // MARK: The whole

    private mutating func finish() {
        let start = SourceLocation(line: 1, column: 1)
        if !hasPreamble, faults.isEmpty {
            faults.append(MetadataError(location: start, message: "expected a preamble fragment, found none"))
        }
        if metadata.streams.isEmpty, faults.isEmpty {
            faults.append(MetadataError(location: start, message: "expected a data stream class, found none"))
        }
        if metadata.streams.count > 1, !isDamaged,
            metadata.packetHeader.map({ FieldClass.structure($0).hasRole(.streamClassID) }) != true
        {
            faults.append(
                MetadataError(
                    location: metadata.streams[1].location,
                    message:
                        "expected a field of the packet header with the role data-stream-class-id, as there are several "
                        + "data stream classes"))
        }
        faults += metadata.leaveOutStrayEvents(lacksStream: isDamaged)
        faults.sort { ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column) }
    }
}
