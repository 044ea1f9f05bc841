/// One kind of event of one trace.
public struct EventClass: Sendable {
    /// A field of an event's payload or contexts.
    public struct Field: Sendable {
        /// What a field is, apart from its details.
        public enum Kind: Sendable, Hashable {
            /// An integer.
            case integer
            /// An integer whose values, or whose bits, have labels.
            case enumeration
            /// A boolean.
            case boolean
            /// More bits than an integer has.
            case bits
            /// A floating-point number.
            case floatingPoint
            /// Text in UTF-8; arrays and sequences of characters are text too.
            case string
            /// Text in another encoding.
            case encodedString
            /// Bytes that mean nothing to this reader.
            case blob
            /// A fixed number of elements.
            case array
            /// As many elements as a field before it says.
            case sequence
            /// Named fields.
            case structure
            /// One of several types.
            case variant
            /// A field that may not be there.
            case optional
        }

        /// The name, without the underscore that tracers put before it.
        public let name: String
        /// What it is.
        public let kind: Kind
        /// The width of an integer or a floating-point number, or of the elements of an array or sequence of such; else
        /// 0.
        public let bits: Int
        /// Whether that integer is two's complement.
        public let isSigned: Bool
        /// The position of the sequence whose number of elements this field is; nil for every other field.
        public let lengthOf: Int?
        /// Its type in full.
        public let fieldClass: FieldClass
    }

    /// Its place in `TraceSet.eventClasses`.
    public private(set) var index: Int
    /// Its name: "pooltrace:task_start" where LTTng recorded it.
    public let name: String
    /// Its number in its stream's headers.
    public let id: UInt64
    /// The stream class it belongs to.
    public let streamClassID: UInt64
    /// The place of its trace in `TraceSet.traces`.
    public private(set) var traceIndex: Int
    /// LTTng's severity, 0 (emergency) to 14 (debug), where it has one.
    public let logLevel: Int64?
    /// Whether its events have times: not without a clock.
    public internal(set) var hasTimes = true
    /// The payload's fields, in order.
    public let fields: [Field]
    /// The fields of the stream's event context, then those of the class's own.
    public let contextFields: [Field]

    /// The position of the payload's field of a name.
    public func fieldIndex(named name: String) -> Int? { fields.firstIndex { $0.name == name } }

    /// The position of the context field of a name.
    public func contextFieldIndex(named name: String) -> Int? { contextFields.firstIndex { $0.name == name } }
}

extension EventClass {
    /// A class of one trace's metadata, which counts from 0, as one of a set.
    func placed(firstClassIndex: Int, traceIndex: Int) -> EventClass {
        var placed = self
        placed.index = firstClassIndex + index
        placed.traceIndex = traceIndex
        return placed
    }

    /// A class of one trace's metadata.
    init(
        index: Int, name: String, id: UInt64, streamClassID: UInt64, logLevel: Int64?, fields: [Field],
        contextFields: [Field]
    ) {
        self.index = index
        self.name = name
        self.id = id
        self.streamClassID = streamClassID
        traceIndex = 0
        self.logLevel = logLevel
        self.fields = fields
        self.contextFields = contextFields
    }

    /// Describes the fields of some scopes.
    static func fields(of scopes: [LayoutNode?]) -> [Field] {
        var fields: [Field] = []
        for case .structure(let members)? in scopes.map({ $0?.kind }) {
            let first = fields.count
            for (member, node) in members {
                let sequence = members.firstIndex { other in
                    if case .sequence(let place, _) = other.node.kind { place == node.saved } else { false }
                }
                fields.append(Field(member, lengthOf: sequence.map { first + $0 }))
            }
        }
        return fields
    }
}

extension EventClass.Field {
    fileprivate init(_ member: StructureClass.Member, lengthOf: Int?) {
        name = member.name
        fieldClass = member.fieldClass
        self.lengthOf = lengthOf
        var number = member.fieldClass.integer
        var width: Int?
        switch member.fieldClass {
        case .integer: kind = .integer
        case .enumeration: kind = .enumeration
        case .boolean: kind = .boolean
        case .bits(let bits): (kind, width) = (.bits, bits.bits)
        case .floatingPoint(let float): (kind, width) = (.floatingPoint, float.bits)
        case .string(let encoding): kind = encoding == .utf8 ? .string : .encodedString
        case .structure: kind = .structure
        case .variant: kind = .variant
        case .optional: kind = .optional
        case .array(let array):
            number = array.element.integer
            kind = Self.kind(of: array.element) ?? .array
        case .sequence(let sequence):
            number = sequence.element.integer
            kind = Self.kind(of: sequence.element) ?? .sequence
        }
        bits = width ?? number?.bits ?? 0
        isSigned = number?.isSigned ?? false
    }

    /// What arrays of characters and of bytes are.
    private static func kind(of element: FieldClass) -> Kind? {
        guard case .integer(let integer) = element else { return nil }
        if let encoding = integer.text { return encoding == .utf8 ? .string : .encodedString }
        return integer.content == .blob ? .blob : nil
    }
}
