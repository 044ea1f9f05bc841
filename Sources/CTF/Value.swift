/// The value of any field, as a tree: for printing; analyses read fields by position.
public indirect enum Value: Sendable, Hashable {
    /// A field of a structure.
    public struct Member: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: Value
    }

    /// An integer without sign, and the base in which the trace wants it shown.
    case unsigned(UInt64, base: Int)
    /// An integer with sign.
    case signed(Int64)
    /// A floating-point number.
    case float(Double)
    /// An integer with the labels of its value, none where it has none: the bits of a 64-bit integer.
    case enumeration(UInt64, isSigned: Bool, labels: [String])
    /// Text as it is in the trace, which should be UTF-8.
    case string([UInt8])
    /// Named values.
    case structure([Member])
    /// Values of one type.
    case array([Value])
    /// The value of the type that a tag chose, and that option's name.
    case variant(option: String, Value)
    /// Nothing: the field is not in the event.
    case missing
}
