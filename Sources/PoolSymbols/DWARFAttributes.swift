/// The numbers of the DWARF standard (version 5, section 7) that a look-up of functions and lines needs.
enum DWARFTag {
    static let inlinedSubroutine: UInt16 = 0x1D
    static let subprogram: UInt16 = 0x2E
}

/// The names of attributes, by their numbers in the standard.
enum DWARFName {
    static let name: UInt16 = 0x03
    static let statementList: UInt16 = 0x10
    static let lowAddress: UInt16 = 0x11
    static let highAddress: UInt16 = 0x12
    static let compilationDirectory: UInt16 = 0x1B
    static let abstractOrigin: UInt16 = 0x31
    static let declarationFile: UInt16 = 0x3A
    static let declarationLine: UInt16 = 0x3B
    static let specification: UInt16 = 0x47
    static let ranges: UInt16 = 0x55
    static let callFile: UInt16 = 0x58
    static let callLine: UInt16 = 0x59
    static let linkageName: UInt16 = 0x6E
    static let stringOffsetsBase: UInt16 = 0x72
    static let addressBase: UInt16 = 0x73
    static let rangeListsBase: UInt16 = 0x74
    static let gnuLinkageName: UInt16 = 0x2007
}

/// How an attribute's value is written.
enum DWARFForm {
    static let address: UInt16 = 0x01
    static let block2: UInt16 = 0x03
    static let block4: UInt16 = 0x04
    static let data2: UInt16 = 0x05
    static let data4: UInt16 = 0x06
    static let data8: UInt16 = 0x07
    static let string: UInt16 = 0x08
    static let block: UInt16 = 0x09
    static let block1: UInt16 = 0x0A
    static let data1: UInt16 = 0x0B
    static let flag: UInt16 = 0x0C
    static let sdata: UInt16 = 0x0D
    static let stringOffset: UInt16 = 0x0E
    static let udata: UInt16 = 0x0F
    static let referenceAddress: UInt16 = 0x10
    static let reference1: UInt16 = 0x11
    static let reference2: UInt16 = 0x12
    static let reference4: UInt16 = 0x13
    static let reference8: UInt16 = 0x14
    static let referenceUData: UInt16 = 0x15
    static let indirect: UInt16 = 0x16
    static let sectionOffset: UInt16 = 0x17
    static let expression: UInt16 = 0x18
    static let flagPresent: UInt16 = 0x19
    static let stringIndex: UInt16 = 0x1A
    static let addressIndex: UInt16 = 0x1B
    static let supplementReference4: UInt16 = 0x1C
    static let supplementString: UInt16 = 0x1D
    static let data16: UInt16 = 0x1E
    static let lineStringOffset: UInt16 = 0x1F
    static let signature8: UInt16 = 0x20
    static let implicitConstant: UInt16 = 0x21
    static let locationListIndex: UInt16 = 0x22
    static let rangeListIndex: UInt16 = 0x23
    static let supplementReference8: UInt16 = 0x24
    static let stringIndex1: UInt16 = 0x25
    static let stringIndex4: UInt16 = 0x28
    static let addressIndex1: UInt16 = 0x29
    static let addressIndex4: UInt16 = 0x2C
}

/// An attribute's value, as far as a look-up needs it.
enum DWARFValue {
    case none
    case number(UInt64)
    case address(UInt64)
    /// An index into the table of addresses.
    case addressIndex(UInt64)
    /// An offset in the section of information.
    case reference(UInt64)
    case text(Text)
    /// An index into the unit's list of range lists.
    case rangeListIndex(UInt64)

    enum Text {
        /// Written in place, at this offset of the section that holds the attribute.
        case inline(Int)
        case strings(UInt64)
        case lineStrings(UInt64)
        case index(UInt64)
    }

    /// A plain number, if it is one.
    var number: UInt64? { if case .number(let value) = self { value } else { nil } }
}
