/// A type in its place: one node for each field of one scope of one event class.
///
/// Fields that are read by position go through an `EventLayout`; nodes serve what has no fixed shape (variants, nested
/// sequences) and whoever asks for a whole value.
final class LayoutNode {
    struct Option {
        var name: String
        /// The values of the tag that choose it.
        var ranges: [EnumerationClass.Mapping]
        var node: LayoutNode
    }

    enum Kind {
        case integer(IntegerClass)
        case floatingPoint(FloatingPointClass)
        case enumeration(EnumerationClass)
        case string
        case structure([(member: StructureClass.Member, node: LayoutNode)])
        /// `tag` is a place among the saved integers.
        case variant(tag: Int, container: IntegerClass, [Option])
        case array(length: Int, LayoutNode)
        case sequence(length: Int, LayoutNode)
    }

    /// What an integer of an event header means to the reader.
    enum Role {
        case none, eventID, timestamp
    }

    let kind: Kind
    /// In bits, a power of two; a variant's is 1, as its option brings its own.
    let alignment: Int
    /// The size in bits from an aligned start, where every value has the same.
    let fixedBits: Int?
    /// The greatest power of two, at most 8, that every start and end inside is a multiple of.
    let granularity: Int
    /// Where the integer's value is kept for the sequences and variants that refer to it; -1 where none does.
    var saved = -1
    var role = Role.none

    init(_ kind: Kind, alignment: Int, fixedBits: Int?, granularity: Int) {
        self.kind = kind
        self.alignment = alignment
        self.fixedBits = fixedBits
        self.granularity = granularity
    }

    /// The integer type, for integers and enumerations.
    var integer: IntegerClass? {
        switch kind {
        case .integer(let integer): integer
        case .enumeration(let enumeration): enumeration.container
        default: nil
        }
    }

    /// The distance between an array's elements.
    var stride: Int? { fixedBits.map { roundUp($0, alignment) } }

    /// Whether an array of it is text.
    var isCharacter: Bool {
        if case .integer(let integer) = kind {
            integer.isCharacter
        } else {
            false
        }
    }
}

/// The least multiple of a power of two that is not below a value.
@inline(__always)
func roundUp(_ value: Int, _ alignment: Int) -> Int { (value &+ (alignment &- 1)) & ~(alignment &- 1) }
