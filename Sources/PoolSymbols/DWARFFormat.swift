/// What the sizes of values in a unit depend on, and how one is read.
struct DWARFFormat {
    var version: UInt16
    var addressSize: Int
    /// 4, or 8 in the 64-bit format.
    var offsetSize: Int

    /// A form's size in bytes; -1 where it depends on the value.
    func size(of form: UInt16) -> Int {
        switch form {
        case DWARFForm.flagPresent, DWARFForm.implicitConstant: 0
        case DWARFForm.data1, DWARFForm.flag, DWARFForm.reference1, DWARFForm.stringIndex1, DWARFForm.addressIndex1: 1
        case DWARFForm.data2, DWARFForm.reference2, DWARFForm.stringIndex1 + 1, DWARFForm.addressIndex1 + 1: 2
        case DWARFForm.stringIndex1 + 2, DWARFForm.addressIndex1 + 2: 3
        case DWARFForm.data4, DWARFForm.reference4, DWARFForm.stringIndex4, DWARFForm.addressIndex4,
            DWARFForm.supplementReference4:
            4
        case DWARFForm.data8, DWARFForm.reference8, DWARFForm.signature8, DWARFForm.supplementReference8: 8
        case DWARFForm.data16: 16
        case DWARFForm.address: addressSize
        case DWARFForm.referenceAddress: version <= 2 ? addressSize : offsetSize
        case DWARFForm.stringOffset, DWARFForm.sectionOffset, DWARFForm.lineStringOffset, DWARFForm.supplementString:
            offsetSize
        default: -1
        }
    }

    /// Reads a value; `unit` is where references within the unit count from.
    func read(_ form: UInt16, implicit: Int64, unit: UInt64, _ cursor: inout ByteCursor) -> DWARFValue {
        switch form {
        case DWARFForm.flagPresent: return .number(1)
        case DWARFForm.implicitConstant: return .number(UInt64(bitPattern: implicit))
        case DWARFForm.data1, DWARFForm.flag: return .number(UInt64(cursor.u8()))
        case DWARFForm.data2, DWARFForm.data4, DWARFForm.data8, DWARFForm.sectionOffset:
            return .number(cursor.unsigned(size(of: form)))
        case DWARFForm.udata: return .number(cursor.uleb())
        case DWARFForm.sdata: return .number(UInt64(bitPattern: cursor.sleb()))
        case DWARFForm.address: return .address(cursor.unsigned(addressSize))
        case DWARFForm.addressIndex: return .addressIndex(cursor.uleb())
        case DWARFForm.addressIndex1...DWARFForm.addressIndex4: return .addressIndex(cursor.unsigned(size(of: form)))
        case DWARFForm.reference1, DWARFForm.reference2, DWARFForm.reference4, DWARFForm.reference8:
            return .reference(unit &+ cursor.unsigned(size(of: form)))
        case DWARFForm.referenceUData: return .reference(unit &+ cursor.uleb())
        case DWARFForm.referenceAddress: return .reference(cursor.unsigned(size(of: form)))
        case DWARFForm.string:
            let offset = cursor.offset
            cursor.skipText()
            return .text(.inline(offset))
        case DWARFForm.stringOffset: return .text(.strings(cursor.unsigned(offsetSize)))
        case DWARFForm.lineStringOffset: return .text(.lineStrings(cursor.unsigned(offsetSize)))
        case DWARFForm.stringIndex: return .text(.index(cursor.uleb()))
        case DWARFForm.stringIndex1...DWARFForm.stringIndex4: return .text(.index(cursor.unsigned(size(of: form))))
        case DWARFForm.rangeListIndex: return .rangeListIndex(cursor.uleb())
        case DWARFForm.indirect:
            let actual = UInt16(truncatingIfNeeded: cursor.uleb())
            // Never indirect again: that would let a file recurse without end.
            guard actual != DWARFForm.indirect else {
                cursor.skip(.max)
                return .none
            }
            return read(actual, implicit: 0, unit: unit, &cursor)
        default:
            skip(form, &cursor)
            return .none
        }
    }

    /// Passes over a value.
    func skip(_ form: UInt16, _ cursor: inout ByteCursor) {
        let size = size(of: form)
        if size >= 0 { return cursor.skip(UInt64(size)) }
        switch form {
        case DWARFForm.block1: cursor.skip(UInt64(cursor.u8()))
        case DWARFForm.block2: cursor.skip(UInt64(cursor.u16()))
        case DWARFForm.block4: cursor.skip(UInt64(cursor.u32()))
        case DWARFForm.block, DWARFForm.expression: cursor.skip(cursor.uleb())
        case DWARFForm.string: cursor.skipText()
        case DWARFForm.sdata, DWARFForm.udata, DWARFForm.referenceUData, DWARFForm.stringIndex, DWARFForm.addressIndex,
            DWARFForm.locationListIndex, DWARFForm.rangeListIndex:
            _ = cursor.uleb()
        case DWARFForm.indirect:
            let actual = UInt16(truncatingIfNeeded: cursor.uleb())
            if actual == DWARFForm.indirect { cursor.skip(.max) } else { skip(actual, &cursor) }
        default: cursor.skip(.max)
        }
    }
}
