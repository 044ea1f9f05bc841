@testable import CTF

/// A field's type in a generated trace: what the metadata spells, and how values are written.
///
/// A class, so that a type which is used twice is one object with one name in the metadata.
final class GeneratedType {
    struct Number {
        var bits: Int
        var alignment: Int
        var isSigned = false
        var order: ByteOrder
        var base = 10
        var isText = false
        /// CTF 2 alone: LEB128; the bits the other way round.
        var isVariable = false
        var isReversed = false
        /// The clock that it is mapped to.
        var clock: String?
        /// What chooses the values that are written.
        var purpose = Purpose.any
    }

    enum Purpose {
        case any
        /// The number of elements of sequences that refer to this slot, and the least there may be.
        case length(slot: Int, least: UInt64)
        /// The tag of variants that refer to this slot: one of these values, each with its label.
        case tag(slot: Int, choices: [(value: UInt64, label: String)])
        /// Whether an optional field that refers to this slot is there.
        case presence(slot: Int)
        /// Something that the reader needs; the packet's writer knows the value.
        case known(String)
    }

    /// What a sequence or a variant refers to, as the metadata spells it.
    struct Reference {
        var path: [String]
        var slot: Int
    }

    struct Member {
        var name: String
        var type: GeneratedType
    }

    struct Mapping {
        var label: String
        /// Nil where it counts on from the one before.
        var range: ClosedRange<Int64>?
        var lower: UInt64
        var upper: UInt64
    }

    enum Kind {
        case integer(Number)
        case enumeration(Number, [Mapping])
        case float(bits: Int, alignment: Int, order: ByteOrder)
        case string
        // CTF 2 alone.
        case boolean(Number)
        case flags(Number, [Mapping])
        case bits(count: Int, alignment: Int, order: ByteOrder, isReversed: Bool)
        case encodedString(TextEncoding)
        case encodedText(TextEncoding, size: Int)
        case encodedSequence(TextEncoding, Reference)
        case blob(size: Int)
        case blobSequence(Reference)
        case optional(Reference, [ClosedRange<Int64>]?, GeneratedType)
        case structure([Member], minimumAlignment: Int)
        case variant(Reference, [Member])
        case array(GeneratedType, Int)
        case sequence(GeneratedType, Reference)
    }

    let kind: Kind
    /// Nothing in it refers to a field or is referred to: it can be used again elsewhere.
    let isClosed: Bool

    init(_ kind: Kind, isClosed: Bool) {
        self.kind = kind
        self.isClosed = isClosed
    }

    /// In bits; a variant's is 1.
    var alignment: Int {
        switch kind {
        case .integer(let number), .enumeration(let number, _), .boolean(let number), .flags(let number, _):
            number.alignment
        case .bits(_, let alignment, _, _): alignment
        case .encodedString, .encodedText, .encodedSequence, .blob, .blobSequence: 8
        case .optional: 1
        case .float(_, let alignment, _): alignment
        case .string: 8
        case .structure(let members, let minimum): members.map(\.type.alignment).reduce(minimum, max)
        case .variant: 1
        case .array(let element, _), .sequence(let element, _): element.alignment
        }
    }

    /// How many fields one value may have, roughly.
    var weight: Int {
        switch kind {
        case .structure(let members, _), .variant(_, let members): members.map(\.type.weight).reduce(1, +)
        case .array(let element, let count): 1 + element.weight * count
        case .sequence(let element, _): 1 + element.weight * 3
        case .optional(_, _, let inner): 1 + inner.weight
        default: 1
        }
    }
}
