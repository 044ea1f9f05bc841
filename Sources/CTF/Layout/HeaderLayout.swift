/// How to read an event header: the class's number and the time.
///
/// Plain memory. Two shapes cover what tracers write: fixed fields, and LTTng's tag that says which of two fixed shapes
/// follows (compact or extended). What has neither shape is walked.
struct HeaderLayout {
    enum Shape: UInt8 {
        case fixed, tagged, walked
    }

    /// Where id and time are in a header of one fixed shape.
    struct Fields {
        var hasID = false
        var hasTime = false
        var id = BitLoad.none
        var time = BitLoad.none
        /// All of the header.
        var bits = 0
    }

    /// The fast way: whole words loaded at fixed places, without a switch.
    ///
    /// Serves headers of little-endian fields none of which crosses eight bytes: fixed ones, and of tagged ones the
    /// first option.
    struct Quick {
        /// The bits that the loads touch; more than any packet has where there is no fast way.
        var reach = Int.max
        var tagMask: UInt64 = 0
        var firstTag: UInt64 = 0
        var tagCount: UInt64 = 0
        var idByte = 0
        var idShift: UInt64 = 0
        var idMask: UInt64 = 0
        var timeByte = 0
        var timeShift: UInt64 = 0
        var timeMask: UInt64 = 0
        var bits = 0
    }

    var quick = Quick()
    var shape = Shape.fixed
    var alignmentMask = 0
    /// The least number of bits that must be there before anything is loaded.
    var leastBits = 0
    var tag = BitLoad.none
    /// Of a tagged header: `first` holds for these tags, `second` for these.
    var firstTags: ClosedRange<UInt64> = 0...0
    var secondTags: ClosedRange<UInt64> = 0...0
    var first = Fields()
    var second = Fields()
}

extension HeaderLayout {
    /// The layout of a header, which is complete: no field of it is going to be saved that is not now.
    init(_ root: LayoutNode?) {
        guard let root, case .structure(let members) = root.kind else { return }
        alignmentMask = root.alignment - 1
        shape = .walked
        guard !NodeWalker.saves(root) || Self.isTagged(members) else { return }
        if let fields = Self.fields(root, at: 0, base: Fields()), root.fixedBits != nil {
            shape = .fixed
            first = fields
            leastBits = fields.bits
            setQuick()
        } else if let tagged = Self.tagged(members, alignment: root.alignment) {
            let mask = alignmentMask
            self = tagged
            alignmentMask = mask
            setQuick()
        }
    }

    private mutating func setQuick() {
        guard alignmentMask >= 7, first.hasTime, let time = first.time.word else { return }
        var quick = Quick()
        (quick.timeByte, quick.timeShift, quick.timeMask) = time
        if first.hasID {
            guard let id = first.id.word else { return }
            (quick.idByte, quick.idShift, quick.idMask) = id
        }
        if shape == .tagged {
            // The tag is in the first word, from its lowest bit.
            guard let word = tag.word, word.byte == 0, word.shift == 0 else { return }
            quick.tagMask = word.mask
            quick.firstTag = firstTags.lowerBound
            quick.tagCount = firstTags.upperBound - firstTags.lowerBound
        }
        quick.bits = first.bits
        quick.reach = max(first.bits, 64 + 8 * max(quick.timeByte, quick.idByte))
        self.quick = quick
    }

    private typealias Members = [(member: StructureClass.Member, node: LayoutNode)]

    /// A tag and a variant on it, and nothing else that is referred to.
    private static func isTagged(_ members: Members) -> Bool {
        guard members.count == 2, members[0].node.saved >= 0, members[0].node.alsoSaved.isEmpty,
            case .variant(let tag, _, _) = members[1].node.kind
        else {
            return false
        }
        return tag == members[0].node.saved && !NodeWalker.saves(members[1].node)
    }

    private static func tagged(_ members: Members, alignment: Int) -> HeaderLayout? {
        guard isTagged(members), let integer = members[0].node.integer, !integer.isSigned,
            !integer.isVariableLength,
            case .variant(_, _, let options) = members[1].node.kind, options.count == 2,
            options.allSatisfy({ $0.ranges.count == 1 && $0.node.alignment <= alignment })
        else { return nil }
        var layout = HeaderLayout()
        layout.shape = .tagged
        layout.tag = BitLoad(integer, at: 0, baseIsByte: alignment >= 8)
        var tagFields = Fields()
        if members[0].node.roles.contains(.eventID) {
            tagFields.hasID = true
            tagFields.id = layout.tag
        }
        func fields(_ option: LayoutNode.Option) -> Fields? {
            Self.fields(
                option.node, at: roundUp(integer.bits, option.node.alignment), base: tagFields, alignment: alignment)
        }
        guard let first = fields(options[0]), let second = fields(options[1]) else { return nil }
        layout.first = first
        layout.second = second
        layout.firstTags = options[0].ranges[0].lower...options[0].ranges[0].upper
        layout.secondTags = options[1].ranges[0].lower...options[1].ranges[0].upper
        layout.leastBits = min(first.bits, second.bits)
        return layout
    }

    /// The fields of a node of fixed size; nil for any other.
    private static func fields(_ node: LayoutNode, at start: Int, base: Fields, alignment: Int? = nil) -> Fields? {
        guard let bits = node.fixedBits else { return nil }
        var fields = base
        let isByte = (alignment ?? node.alignment) >= 8
        func visit(_ node: LayoutNode, at offset: Int) -> Bool {
            switch node.kind {
            case .structure(let members):
                var offset = offset
                for member in members {
                    offset = roundUp(offset, member.node.alignment)
                    guard visit(member.node, at: offset) else { return false }
                    offset += member.node.fixedBits ?? 0
                }
                return true
            case .integer, .enumeration:
                guard let integer = node.integer else { return false }
                let load = BitLoad(integer, at: offset, baseIsByte: isByte)
                if node.roles.contains(.eventID) { (fields.hasID, fields.id) = (true, load) }
                if node.roles.contains(.timestamp) {
                    // Of two times the second goes on from the first.
                    if fields.hasTime { return false }
                    (fields.hasTime, fields.time) = (true, load)
                }
                return true
            // An array may hold ids; nobody writes that, and the walk knows what it means.
            case .array: return false
            default: return true
            }
        }
        guard visit(node, at: start) else { return nil }
        fields.bits = start + bits
        return fields
    }

    /// What the end of a header is known to be a multiple of.
    func endAlignment(of root: LayoutNode?) -> Int {
        guard let root else { return 1 }
        func known(_ bits: Int) -> Int {
            bits == 0 ? root.alignment : min(root.alignment, 1 << bits.trailingZeroBitCount)
        }
        switch shape {
        case .fixed: return known(first.bits)
        case .tagged: return min(known(first.bits), known(second.bits))
        case .walked: return root.alignment >= 8 ? root.granularity : 1
        }
    }
}
