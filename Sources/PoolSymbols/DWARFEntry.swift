/// One entry of a unit: its tag, and those of its attributes that a look-up of functions needs.
struct DWARFEntry {
    /// 0 for the end of a list of children.
    var tag: UInt16 = 0
    var hasChildren = false
    var name = DWARFValue.none
    var linkageName = DWARFValue.none
    var low = DWARFValue.none
    var high = DWARFValue.none
    var ranges = DWARFValue.none
    var origin = DWARFValue.none
    var declarationFile: UInt64 = 0
    var declarationLine: UInt64 = 0
    var callFile: UInt64 = 0
    var callLine: UInt64 = 0
    var statementList: UInt64?
    var compilationDirectory = DWARFValue.none
    var stringOffsetsBase: UInt64?
    var addressBase: UInt64?
    var rangeListsBase: UInt64?

    init() {}

    /// Reads the entry at the cursor and moves past it.
    init(_ unit: DWARFUnit, _ cursor: inout ByteCursor) {
        self.init()
        let code = cursor.uleb()
        guard code != 0 else { return }
        if let abbreviation = unit.abbreviations[code] {
            self.init(unit, abbreviation, &cursor)
        } else {
            cursor.skip(.max)
        }
    }

    /// Reads the attributes of the entry whose code the cursor has just passed.
    init(_ unit: DWARFUnit, _ abbreviation: DWARFAbbreviations.Entry, _ cursor: inout ByteCursor) {
        tag = abbreviation.tag
        hasChildren = abbreviation.hasChildren
        for index in abbreviation.from..<abbreviation.to {
            let attribute = unit.abbreviations.attributes[index]
            let value = unit.format.read(attribute.form, implicit: attribute.implicit, unit: unit.start, &cursor)
            switch attribute.name {
            case DWARFName.name: name = value
            case DWARFName.linkageName, DWARFName.gnuLinkageName: linkageName = value
            case DWARFName.lowAddress: low = value
            case DWARFName.highAddress: high = value
            case DWARFName.ranges: ranges = value
            case DWARFName.abstractOrigin, DWARFName.specification: origin = value
            case DWARFName.declarationFile: declarationFile = value.number ?? 0
            case DWARFName.declarationLine: declarationLine = value.number ?? 0
            case DWARFName.callFile: callFile = value.number ?? 0
            case DWARFName.callLine: callLine = value.number ?? 0
            case DWARFName.statementList: statementList = value.number
            case DWARFName.compilationDirectory: compilationDirectory = value
            case DWARFName.stringOffsetsBase: stringOffsetsBase = value.number
            case DWARFName.addressBase: addressBase = value.number
            case DWARFName.rangeListsBase: rangeListsBase = value.number
            default: break
            }
        }
    }
}
