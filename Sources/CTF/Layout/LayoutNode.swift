/// A type in its place: one node for each field of one scope of one event class.
///
/// Fields that are read by position go through an `EventLayout`; nodes are for fields without a fixed shape (variants,
/// nested sequences), and for reading a field as a whole `Value`.
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
        case boolean(IntegerClass)
        case bits(BitArrayClass)
        case string(TextEncoding)
        case structure([(member: StructureClass.Member, node: LayoutNode)])
        /// `selector` is a place among the saved integers.
        case variant(selector: Int, container: IntegerClass, [Option])
        case optional(selector: Int, container: IntegerClass, [EnumerationClass.Mapping], LayoutNode)
        case array(length: Int, LayoutNode)
        case sequence(length: Int, LayoutNode)
    }

    let kind: Kind
    /// In bits, a power of two; that of a variant or an optional field is 1, as what it holds brings its own.
    let alignment: Int
    /// The size in bits from an aligned start, where every value has the same.
    let fixedBits: Int?
    /// The greatest power of two, at most 8, that every start and end inside is a multiple of.
    let granularity: Int
    /// Where the integer's value is kept for the sequences, variants and optional fields that refer to it; -1 where
    /// none does.
    private(set) var saved = -1
    /// More such places: it is one of several fields that some of the references mean.
    private(set) var alsoSaved: [Int] = []
    /// Of a variant or an optional field: where integers in it are kept, of which not all are in every event.
    private(set) var inner: [Int] = []
    /// What an integer of a header or context, or its array of bytes, means to the reader.
    var roles: FieldRoles

    init(_ kind: Kind, alignment: Int, fixedBits: Int?, granularity: Int) {
        self.kind = kind
        self.alignment = alignment
        self.fixedBits = fixedBits
        self.granularity = granularity
        roles =
            switch kind {
            case .integer(let integer): integer.roles
            case .enumeration(let enumeration): enumeration.container.roles
            case .array(_, let element): element.roles.intersection(.metadataUUID)
            default: []
            }
    }

    /// Keeps the integer's value at a place, too.
    func save(at place: Int) {
        if saved < 0 { saved = place } else if saved != place, !alsoSaved.contains(place) { alsoSaved.append(place) }
    }

    /// Notes what is saved inside variants and optional fields, once all references are known.
    ///
    /// - Returns: Where integers in it are kept.
    @discardableResult
    func noteInner() -> [Int] {
        switch kind {
        case .structure(let fields): return fields.flatMap { $0.node.noteInner() }
        case .array(_, let element), .sequence(_, let element): return element.noteInner()
        case .variant(_, _, let options): inner = options.flatMap { $0.node.noteInner() }
        case .optional(_, _, _, let node): inner = node.noteInner()
        default: return saved >= 0 ? [saved] + alsoSaved : []
        }
        return inner
    }

    /// The integer type, for integers, enumerations and booleans.
    var integer: IntegerClass? {
        switch kind {
        case .integer(let integer), .boolean(let integer): integer
        case .enumeration(let enumeration): enumeration.container
        default: nil
        }
    }

    /// Whether it is an integer, and no boolean.
    var isNumber: Bool {
        switch kind {
        case .integer, .enumeration: true
        default: false
        }
    }

    /// The distance between an array's elements.
    var stride: Int? { fixedBits.map { roundUp($0, alignment) } }

    /// What arrays of it are; numbers, too, where they are no integers at all.
    var content: IntegerClass.Content {
        guard case .integer(let integer) = kind else { return .numbers }
        if case .text = integer.content, integer.text == nil { return .numbers }
        return integer.content
    }
}

/// The least multiple of a power of two that is not below a value.
@inline(__always)
func roundUp(_ value: Int, _ alignment: Int) -> Int { (value &+ (alignment &- 1)) & ~(alignment &- 1) }
