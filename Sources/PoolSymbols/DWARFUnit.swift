/// One compilation unit: what addresses it covers, its functions, and its lines; each read when first asked for.
final class DWARFUnit {
    let sections: DWARFSections
    let format: DWARFFormat
    /// Where the unit's header is in the section of information; references within the unit count from here.
    let start: UInt64
    /// Where its first entry is, the unit's own.
    let firstEntry: UInt64
    /// Where the unit ends.
    let end: UInt64
    let abbreviations: DWARFAbbreviations
    /// The attributes of the unit itself.
    private(set) var root = DWARFEntry()
    private var stringOffsetsBase: UInt64 = 0
    private var addressBase: UInt64 = 0
    private var rangeListsBase: UInt64 = 0
    /// The addresses that the unit covers.
    private(set) var ranges: [Range<UInt64>] = []

    /// Where the functions of the unit are: found by one pass over its entries, at the first look-up.
    private(set) lazy var extents: [DWARFExtent] = findExtents()
    /// The unit's lines, at the first look-up.
    private(set) lazy var lines = DWARFLines(
        sections, at: root.statementList, directory: text(root.compilationDirectory), format: format)

    /// Reads a unit's header and moves the cursor to the next one; `nil` if the unit is of no use here.
    init?(_ sections: DWARFSections, at cursor: inout ByteCursor) {
        self.sections = sections
        start = UInt64(cursor.offset)
        var length = UInt64(cursor.u32())
        let is64 = length == 0xFFFF_FFFF
        if is64 { length = cursor.u64() }
        let from = cursor.offset
        var header = cursor
        cursor.skip(length)
        end = UInt64(cursor.offset)
        let version = header.u16()
        guard !header.failed, (2...5).contains(version) else { return nil }
        let offsetSize = is64 ? 8 : 4
        var kind: UInt8 = 1
        var addressSize: UInt8 = 0
        if version >= 5 {
            kind = header.u8()
            addressSize = header.u8()
        }
        let table = header.unsigned(offsetSize)
        if version < 5 { addressSize = header.u8() }
        // Units of types have no code; 1 and 3 are whole and partial units.
        guard addressSize == 8 || addressSize == 4, kind == 1 || kind == 3, header.offset > from, !header.failed
        else { return nil }
        format = DWARFFormat(version: version, addressSize: Int(addressSize), offsetSize: offsetSize)
        abbreviations = DWARFAbbreviations(sections.abbreviations, at: table, format: format)
        firstEntry = UInt64(header.offset)
        var entries = header
        root = DWARFEntry(self, &entries)
        stringOffsetsBase = root.stringOffsetsBase ?? UInt64(offsetSize * 2)
        addressBase = root.addressBase ?? 8
        rangeListsBase = root.rangeListsBase ?? 12
        ranges = ranges(of: root)
    }

    func contains(_ address: UInt64) -> Bool {
        for range in ranges where range.contains(address) { return true }
        return false
    }
}

// MARK: - Values

extension DWARFUnit {
    func text(_ value: DWARFValue) -> String {
        guard case .text(let text) = value else { return "" }
        switch text {
        case .inline(let offset): return DWARFSections.text(in: sections.info, at: UInt64(offset))
        case .strings(let offset): return DWARFSections.text(in: sections.strings, at: offset)
        case .lineStrings(let offset): return DWARFSections.text(in: sections.lineStrings, at: offset)
        case .index(let index):
            var cursor = sections.stringOffsets
            cursor.seek(stringOffsetsBase &+ index &* UInt64(format.offsetSize))
            return DWARFSections.text(in: sections.strings, at: cursor.unsigned(format.offsetSize))
        }
    }

    func address(_ value: DWARFValue) -> UInt64? {
        switch value {
        case .address(let address): return address
        case .addressIndex(let index): return address(index: index)
        default: return nil
        }
    }

    private func address(index: UInt64) -> UInt64? {
        var cursor = sections.addresses
        cursor.seek(addressBase &+ index &* UInt64(format.addressSize))
        let address = cursor.unsigned(format.addressSize)
        return cursor.failed ? nil : address
    }

    /// The addresses that an entry covers.
    ///
    /// What the linker has left out stays behind at address 0 and is not among them.
    func ranges(of entry: DWARFEntry) -> [Range<UInt64>] {
        if case .none = entry.ranges {} else { return listedRanges(entry.ranges) }
        guard let low = address(entry.low), low > 0 else { return [] }
        let high: UInt64
        if let offset = entry.high.number {
            high = low &+ offset
        } else {
            high = address(entry.high) ?? low
        }
        return low < high ? [low..<high] : []
    }

    private func listedRanges(_ value: DWARFValue) -> [Range<UInt64>] {
        let base = address(root.low) ?? 0
        switch value {
        case .number(let offset):
            return format.version >= 5 ? rangeList(at: offset, base: base) : ranges4(at: offset, base: base)
        case .rangeListIndex(let index):
            var cursor = sections.rangeLists
            cursor.seek(rangeListsBase &+ index &* UInt64(format.offsetSize))
            return rangeList(at: rangeListsBase &+ cursor.unsigned(format.offsetSize), base: base)
        default: return []
        }
    }

    /// A list of ranges as DWARF 2 to 4 write it: pairs up to a pair of zeros.
    private func ranges4(at offset: UInt64, base: UInt64) -> [Range<UInt64>] {
        var cursor = sections.ranges
        cursor.seek(offset)
        var base = base
        var found: [Range<UInt64>] = []
        let last = format.addressSize == 8 ? UInt64.max : 0xFFFF_FFFF
        while !cursor.isAtEnd {
            let low = cursor.unsigned(format.addressSize)
            let high = cursor.unsigned(format.addressSize)
            if low == 0 && high == 0 { break }
            if low == last { base = high } else { Self.append(base &+ low, base &+ high, to: &found) }
        }
        return found
    }

    /// A list of ranges as DWARF 5 writes it.
    private func rangeList(at offset: UInt64, base: UInt64) -> [Range<UInt64>] {
        var cursor = sections.rangeLists
        cursor.seek(offset)
        var base = base
        var found: [Range<UInt64>] = []
        while !cursor.isAtEnd {
            switch cursor.u8() {
            case 1: base = address(index: cursor.uleb()) ?? 0
            case 2:
                let low = address(index: cursor.uleb()) ?? 0
                Self.append(low, address(index: cursor.uleb()) ?? 0, to: &found)
            case 3:
                let low = address(index: cursor.uleb()) ?? 0
                Self.append(low, low &+ cursor.uleb(), to: &found)
            case 4:
                let low = base &+ cursor.uleb()
                Self.append(low, base &+ cursor.uleb(), to: &found)
            case 5: base = cursor.unsigned(format.addressSize)
            case 6:
                let low = cursor.unsigned(format.addressSize)
                Self.append(low, cursor.unsigned(format.addressSize), to: &found)
            case 7:
                let low = cursor.unsigned(format.addressSize)
                Self.append(low, low &+ cursor.uleb(), to: &found)
            default: return found
            }
        }
        return found
    }

    private static func append(_ low: UInt64, _ high: UInt64, to ranges: inout [Range<UInt64>]) {
        if low > 0, low < high { ranges.append(low..<high) }
    }
}
