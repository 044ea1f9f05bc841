/// The type of a field, as the metadata declares it.
public indirect enum FieldClass: Sendable {
    /// An integer of 1 to 64 bits.
    case integer(IntegerClass)
    /// A floating-point number of 32 or 64 bits.
    case floatingPoint(FloatingPointClass)
    /// An integer whose values, or whose bits, have labels.
    case enumeration(EnumerationClass)
    /// An integer that is true unless it is 0.
    case boolean(IntegerClass)
    /// More bits than an integer has.
    case bits(BitArrayClass)
    /// Text that ends with a NUL.
    case string(TextEncoding)
    /// Fields one after the other.
    case structure(StructureClass)
    /// One of several types, chosen by an integer that came before it.
    case variant(VariantClass)
    /// A field that is there or not, as an integer or a boolean before it says.
    case optional(OptionalClass)
    /// A fixed number of elements.
    case array(ArrayClass)
    /// As many elements as a field before it says.
    case sequence(SequenceClass)
}

/// The order of bytes in an integer.
public enum ByteOrder: Sendable, Hashable {
    /// The least significant byte comes first.
    case little
    /// The most significant byte comes first.
    case big
}

/// The type of an integer.
public struct IntegerClass: Sendable, Hashable {
    /// What arrays of an integer are.
    public enum Content: Sendable, Hashable {
        /// Numbers.
        case numbers
        /// The bytes of a text.
        case text(TextEncoding)
        /// Bytes that mean nothing to this reader.
        case blob
    }

    /// Its width, 1 to 64; 64 where it is of variable length.
    public let bits: Int
    /// Its alignment in bits, a power of two.
    public let alignment: Int
    /// Whether it is two's complement.
    public let isSigned: Bool
    /// The order of its bytes.
    public let byteOrder: ByteOrder
    /// The base in which it is shown: 2, 8, 10 or 16.
    public let base: Int
    /// Whether it is in LEB128: seven bits in each byte.
    public let isVariableLength: Bool
    /// Whether its bit order is the reverse of what its byte order implies.
    ///
    /// That is little-endian with the most significant bit first, or big-endian with the least significant bit first.
    /// Only CTF 2 can declare it.
    public let isReversed: Bool
    /// What arrays of it are.
    public let content: Content
    /// The clock that it is a reading of, where the integer says it.
    public let clock: String?
    let roles: FieldRoles

    init(
        bits: Int, alignment: Int, isSigned: Bool = false, byteOrder: ByteOrder = .little, base: Int = 10,
        isVariableLength: Bool = false, isReversed: Bool = false, content: Content = .numbers, clock: String? = nil,
        roles: FieldRoles = []
    ) {
        self.bits = bits
        self.alignment = alignment
        self.isSigned = isSigned
        self.byteOrder = byteOrder
        self.base = base
        self.isVariableLength = isVariableLength
        self.isReversed = isReversed
        self.content = content
        self.clock = clock
        self.roles = roles
    }

    /// The encoding of the text that arrays of it are: characters are whole bytes without gaps.
    var text: TextEncoding? {
        guard case .text(let encoding) = content, bits == 8, alignment == 8 else { return nil }
        return encoding
    }

    /// The value that the lowest `bits` of a pattern mean, as the bits of a 64-bit integer of the same signedness.
    func extended(_ pattern: UInt64) -> UInt64 {
        guard isSigned, bits < 64, pattern & (1 << UInt64(bits - 1)) != 0 else { return pattern }
        return pattern | (~0 << UInt64(bits))
    }
}

/// The type of more bits than an integer has: an array of bits, a boolean, or a number that is shown by its bits.
public struct BitArrayClass: Sendable {
    /// What the bits are.
    public enum Content: Sendable {
        /// Bits of whatever meaning.
        case bits
        /// True unless all are 0.
        case boolean
        /// Bits of which some have labels: from a lowest to a highest index.
        case flags([EnumerationClass.Mapping])
    }

    /// How many there are: more than 64.
    public let bits: Int
    /// The alignment in bits, a power of two.
    public let alignment: Int
    /// The order of the bytes.
    public let byteOrder: ByteOrder
    /// Whether the bit order is the reverse of what the byte order implies.
    ///
    /// That is little-endian with the most significant bit first, or big-endian with the least significant bit first.
    /// Only CTF 2 can declare it.
    public let isReversed: Bool
    /// What the bits are.
    public let content: Content
}

/// The type of a floating-point number.
public struct FloatingPointClass: Sendable, Hashable {
    /// Its width: 16, 32 or 64.
    public let bits: Int
    /// Its alignment in bits, a power of two.
    public let alignment: Int
    /// The order of its bytes.
    public let byteOrder: ByteOrder
    /// Whether its bit order is the reverse of what its byte order implies.
    ///
    /// That is little-endian with the most significant bit first, or big-endian with the least significant bit first.
    /// Only CTF 2 can declare it.
    public let isReversed: Bool

    init(bits: Int, alignment: Int, byteOrder: ByteOrder, isReversed: Bool = false) {
        (self.bits, self.alignment, self.byteOrder, self.isReversed) = (bits, alignment, byteOrder, isReversed)
    }
}

/// The type of an integer whose values, or whose bits, have labels.
public struct EnumerationClass: Sendable {
    /// A label and the values that it names, from `lower` to `upper` inclusive: the bits of 64-bit integers of the
    /// container's signedness; or the indexes of bits.
    public struct Mapping: Sendable, Hashable {
        /// The label.
        public let label: String
        /// The lowest value.
        public let lower: UInt64
        /// The highest value.
        public let upper: UInt64
    }

    /// The type of the integer.
    public let container: IntegerClass
    /// The labels, in the order in which they are declared.
    public let mappings: [Mapping]
    /// Whether labels are of bits, the least significant one being 0, and not of values.
    public let isFlags: Bool

    init(container: IntegerClass, mappings: [Mapping], isFlags: Bool = false) {
        (self.container, self.mappings, self.isFlags) = (container, mappings, isFlags)
    }

    /// The labels of a value, given as the bits of a 64-bit integer; each once.
    public func labels(of value: UInt64) -> [String] {
        var labels: [String] = []
        for mapping in mappings where isFlags ? hasFlag(mapping, value) : contains(mapping, value) {
            if labels.last != mapping.label { labels.append(mapping.label) }
        }
        return labels
    }

    func contains(_ mapping: Mapping, _ value: UInt64) -> Bool {
        container.isSigned
            ? Int64(bitPattern: mapping.lower) <= Int64(bitPattern: value)
                && Int64(bitPattern: value) <= Int64(bitPattern: mapping.upper)
            : mapping.lower <= value && value <= mapping.upper
    }

    private func hasFlag(_ mapping: Mapping, _ value: UInt64) -> Bool {
        guard mapping.lower < 64 else { return false }
        let count = min(63, mapping.upper) - mapping.lower + 1
        return (value >> mapping.lower) & (count == 64 ? ~0 : (1 << count) - 1) != 0
    }
}

/// The type of fields one after the other.
public struct StructureClass: Sendable {
    /// A field of a structure.
    public struct Member: Sendable {
        /// Its name as the metadata has it.
        public let rawName: String
        /// Its name: in CTF 1.8 without the one underscore that keeps it apart from the language's words.
        public let name: String
        /// Its type.
        public let fieldClass: FieldClass
    }

    /// The fields, in order.
    public let members: [Member]
    /// The least alignment in bits, a power of two; those of the fields may demand more.
    public let minimumAlignment: Int
    let depth: Int
}

/// The type of a field that is one of several types.
public struct VariantClass: Sendable {
    /// One of the types.
    public struct Option: Sendable {
        /// Its name as the metadata has it; empty where it has none.
        public let rawName: String
        /// Its name; empty where it has none.
        public let name: String
        /// Its type.
        public let fieldClass: FieldClass
        /// The values that choose it; nil where those do to which the selector gives the option's name.
        let ranges: [IntegerRange]?
    }

    /// The integer that chooses.
    public let selector: FieldReference
    /// The types.
    public let options: [Option]
    /// The only option there ever is, where the tag is of the environment.
    let chosen: Int?
    let depth: Int
}

/// The type of a field that is there or not.
public struct OptionalClass: Sendable {
    /// The integer or boolean that says it.
    public let selector: FieldReference
    /// The values with which the field is there; nil where the selector is a boolean.
    let ranges: [IntegerRange]?
    /// The field's type.
    public let fieldClass: FieldClass
    let depth: Int
}

/// The type of a fixed number of elements.
public struct ArrayClass: Sendable {
    /// The type of each element.
    public let element: FieldClass
    /// How many there are.
    public let length: Int
    /// The least alignment in bits, a power of two; that of the elements may demand more.
    let minimumAlignment: Int
    let depth: Int
}

/// The type of elements whose number a field before them says.
public struct SequenceClass: Sendable {
    /// The type of each element.
    public let element: FieldClass
    /// The field that holds the number.
    public let length: FieldReference
    /// The least alignment in bits, a power of two; that of the elements may demand more.
    let minimumAlignment: Int
    let depth: Int
}

/// Integers from a lower to an upper one, of any sign.
struct IntegerRange: Sendable, Hashable {
    var lower: IntegerSyntax
    var upper: IntegerSyntax

    /// The part of it that integers of 64 bits can be, as a mapping of a label; nil where there is none.
    func mapping(_ label: String, isSigned: Bool) -> EnumerationClass.Mapping? {
        guard lower <= upper else { return nil }
        if isSigned {
            guard lower.isNegative || lower.magnitude <= UInt64(Int64.max) else { return nil }
            let end = upper.isNegative || upper.magnitude <= UInt64(Int64.max) ? upper.bitPattern : UInt64(Int64.max)
            return EnumerationClass.Mapping(label: label, lower: lower.bitPattern, upper: end)
        }
        guard !upper.isNegative || upper.magnitude == 0 else { return nil }
        return EnumerationClass.Mapping(
            label: label, lower: lower.isNegative ? 0 : lower.magnitude, upper: upper.magnitude)
    }
}

extension FieldClass {
    /// How many types are nested in it: bounds every recursion over types.
    var depth: Int {
        switch self {
        case .integer, .floatingPoint, .enumeration, .boolean, .bits, .string: 1
        case .structure(let structure): structure.depth
        case .variant(let variant): variant.depth
        case .optional(let optional): optional.depth
        case .array(let array): array.depth
        case .sequence(let sequence): sequence.depth
        }
    }

    /// Whether an integer in it has a role.
    func hasRole(_ role: FieldRoles) -> Bool {
        switch self {
        case .structure(let structure): structure.members.contains { $0.fieldClass.hasRole(role) }
        case .variant(let variant): variant.options.contains { $0.fieldClass.hasRole(role) }
        case .optional(let optional): optional.fieldClass.hasRole(role)
        default: integer?.roles.contains(role) == true
        }
    }

    /// The integer that it is or holds.
    var integer: IntegerClass? {
        switch self {
        case .integer(let integer), .boolean(let integer): integer
        case .enumeration(let enumeration): enumeration.container
        default: nil
        }
    }
}
