/// How the entries of a unit are laid out: by code, a tag and its attributes.
struct DWARFAbbreviations {
    struct Attribute {
        var name: UInt16
        var form: UInt16
        var implicit: Int64
    }

    struct Entry {
        var tag: UInt16
        var hasChildren: Bool
        /// Where its attributes are in `attributes`.
        var from: Int
        var to: Int
        /// The size of all its attributes together, where that does not depend on their values; else -1.
        var size: Int
    }

    private(set) var attributes: [Attribute] = []
    /// By code: compilers number them from 1.
    private var entries: [Entry?] = [nil]
    /// Those whose code is out of that order.
    private var others: [UInt64: Entry] = [:]

    /// Reads a table of abbreviations up to its end.
    init(_ section: ByteCursor, at offset: UInt64, format: DWARFFormat) {
        var cursor = section
        cursor.seek(offset)
        while !cursor.isAtEnd {
            let code = cursor.uleb()
            if code == 0 { return }
            let tag = UInt16(truncatingIfNeeded: cursor.uleb())
            let hasChildren = cursor.u8() != 0
            var entry = Entry(tag: tag, hasChildren: hasChildren, from: attributes.count, to: 0, size: 0)
            while !cursor.failed {
                let name = cursor.uleb()
                let form = UInt16(truncatingIfNeeded: cursor.uleb())
                let implicit = form == DWARFForm.implicitConstant ? cursor.sleb() : 0
                if name == 0 && form == 0 { break }
                attributes.append(Attribute(name: UInt16(truncatingIfNeeded: name), form: form, implicit: implicit))
                let size = format.size(of: form)
                entry.size = size < 0 || entry.size < 0 ? -1 : entry.size &+ size
            }
            entry.to = attributes.count
            if code == UInt64(entries.count) { entries.append(entry) } else { others[code] = entry }
        }
    }

    subscript(code: UInt64) -> Entry? {
        code < UInt64(entries.count) ? entries[Int(code)] : others[code]
    }
}
