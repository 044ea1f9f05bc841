/// The value of any field, as a tree: for printing; analyses read fields by position.
public indirect enum Value: Sendable, Hashable {
    /// A field of a structure.
    public struct Member: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: Value
    }

    /// How the trace wants an integer shown.
    public struct Notation: Sendable, Hashable {
        /// 2, 8, 10 or 16.
        public let base: Int
        /// The integer's width.
        public let bits: Int

        /// Creates a notation: by default decimal, of 64 bits.
        public init(base: Int = 10, bits: Int = 64) { (self.base, self.bits) = (base, bits) }
    }

    /// An integer without sign.
    case unsigned(UInt64, Notation)
    /// An integer with sign.
    case signed(Int64, Notation)
    /// A boolean.
    case boolean(Bool)
    /// So many bits, in bytes of which the first has the lowest ones, and the labels of those that are 1.
    case bits([UInt8], count: Int, labels: [String])
    /// Bytes that mean nothing to this reader.
    case blob([UInt8])
    /// A floating-point number.
    case float(Double)
    /// An integer with the labels of its value, none where it has none: the bits of a 64-bit integer.
    case enumeration(UInt64, isSigned: Bool, labels: [String])
    /// Text, which should be UTF-8: as it is in the trace, unless that is in another encoding.
    case string([UInt8])
    /// Named values.
    case structure([Member])
    /// Values of one type.
    case array([Value])
    /// The value of the type that was chosen, and that option's name, which may be empty.
    case variant(option: String, Value)
    /// Nothing: the field is not in the event, as an optional one may be.
    case missing
}
