/// The type of a field, as the metadata declares it.
public indirect enum FieldClass: Sendable {
    /// An integer of 1 to 64 bits.
    case integer(IntegerClass)
    /// A floating-point number of 32 or 64 bits.
    case floatingPoint(FloatingPointClass)
    /// An integer whose values have labels.
    case enumeration(EnumerationClass)
    /// Text that ends with a NUL.
    case string
    /// Fields one after the other.
    case structure(StructureClass)
    /// One of several types, chosen by a tag that came before it.
    case variant(VariantClass)
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
    /// Its width, 1 to 64.
    public let bits: Int
    /// Its alignment in bits, a power of two.
    public let alignment: Int
    /// Whether it is two's complement.
    public let isSigned: Bool
    /// The order of its bytes.
    public let byteOrder: ByteOrder
    /// The base in which it is shown: 2, 8, 10 or 16.
    public let base: Int
    /// Whether arrays of it are text (an encoding is declared).
    public let isText: Bool
    /// The clock that it is a reading of.
    public let clock: String?

    /// Whether arrays of it are text: characters are whole bytes without gaps.
    var isCharacter: Bool { isText && bits == 8 && alignment == 8 }

    /// The value that the lowest `bits` of a pattern mean, as the bits of a 64-bit integer of the same signedness.
    func extended(_ pattern: UInt64) -> UInt64 {
        guard isSigned, bits < 64, pattern & (1 << UInt64(bits - 1)) != 0 else { return pattern }
        return pattern | (~0 << UInt64(bits))
    }
}

/// The type of a floating-point number.
public struct FloatingPointClass: Sendable, Hashable {
    /// Its width, 32 or 64.
    public let bits: Int
    /// Its alignment in bits, a power of two.
    public let alignment: Int
    /// The order of its bytes.
    public let byteOrder: ByteOrder
}

/// The type of an integer whose values have labels.
public struct EnumerationClass: Sendable {
    /// A label and the values that it names, from `lower` to `upper` inclusive: the bits of 64-bit integers of the
    /// container's signedness.
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

    /// The labels of a value, given as the bits of a 64-bit integer.
    public func labels(of value: UInt64) -> [String] {
        mappings.filter { contains($0, value) }.map(\.label)
    }

    func contains(_ mapping: Mapping, _ value: UInt64) -> Bool {
        container.isSigned
            ? Int64(bitPattern: mapping.lower) <= Int64(bitPattern: value)
                && Int64(bitPattern: value) <= Int64(bitPattern: mapping.upper)
            : mapping.lower <= value && value <= mapping.upper
    }
}

/// The type of fields one after the other.
public struct StructureClass: Sendable {
    /// A field of a structure or an option of a variant.
    public struct Member: Sendable {
        /// Its name as the metadata has it; LTTng puts an underscore before each.
        public let rawName: String
        /// Its type.
        public let fieldClass: FieldClass

        /// The name without the one underscore that keeps it apart from the language's words.
        public var name: String { rawName.hasPrefix("_") ? String(rawName.dropFirst()) : rawName }
    }

    /// The fields, in order.
    public let members: [Member]
    /// The least alignment in bits, a power of two; those of the fields may demand more.
    public let minimumAlignment: Int
    let depth: Int
}

/// The type of a field that is one of several types.
public struct VariantClass: Sendable {
    /// The path of the tag, as the metadata has it.
    public let tag: [String]
    /// The types; their names are labels of the tag.
    public let options: [StructureClass.Member]
    /// The only option there ever is, where the tag is of the environment.
    let chosen: Int?
    let depth: Int
    let location: SourceLocation
}

/// The type of a fixed number of elements.
public struct ArrayClass: Sendable {
    /// The type of each element.
    public let element: FieldClass
    /// How many there are.
    public let length: Int
    let depth: Int
}

/// The type of elements whose number a field before them says.
public struct SequenceClass: Sendable {
    /// The type of each element.
    public let element: FieldClass
    /// The path of the field that holds the number, as the metadata has it.
    public let length: [String]
    let depth: Int
    let location: SourceLocation
}

extension FieldClass {
    /// How many types are nested in it: bounds every recursion over types.
    var depth: Int {
        switch self {
        case .integer, .floatingPoint, .enumeration, .string: 1
        case .structure(let structure): structure.depth
        case .variant(let variant): variant.depth
        case .array(let array): array.depth
        case .sequence(let sequence): sequence.depth
        }
    }

    /// The integer that it is or holds.
    var integer: IntegerClass? {
        switch self {
        case .integer(let integer): integer
        case .enumeration(let enumeration): enumeration.container
        default: nil
        }
    }
}
