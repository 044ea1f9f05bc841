/// The addresses of a function, and where its entry is in the section of information.
struct DWARFExtent {
    var low: UInt64
    var high: UInt64
    var entry: UInt64
}

/// A function at an address, and where it was called from if it was inlined there.
struct DWARFFunction {
    /// The linker's name for it, or its plain one if it has no other.
    var linkageName: String
    /// Its name in the source.
    var name: String
    /// Where it is declared: the number of a file, and a line.
    var declarationFile: UInt64 = 0
    var declarationLine: UInt64 = 0
    /// The caller's place, for an inlined function: the number of a file, and a line.
    var callFile: UInt64
    var callLine: UInt64
    /// Where the physical function, or what is inlined of it, begins.
    var low: UInt64
}

extension DWARFUnit {
    /// How many origins of origins are followed; each copy of an inlined function refers to its abstract one, that to
    /// its declaration.
    private static let originLimit = 4
    /// How deep functions may be inlined into each other; more is a broken file.
    private static let inlineLimit = 256

    func findExtents() -> [DWARFExtent] {
        var found: [DWARFExtent] = []
        var cursor = sections.info
        cursor.seek(firstEntry)
        while cursor.offset < end, !cursor.failed {
            let offset = UInt64(cursor.offset)
            let code = cursor.uleb()
            if code == 0 { continue }
            guard let abbreviation = abbreviations[code] else { break }
            if abbreviation.tag == DWARFTag.subprogram {
                let entry = DWARFEntry(self, abbreviation, &cursor)
                for range in ranges(of: entry) {
                    found.append(DWARFExtent(low: range.lowerBound, high: range.upperBound, entry: offset))
                }
            } else {
                skip(abbreviation, &cursor)
            }
        }
        return found
    }

    private func skip(_ abbreviation: DWARFAbbreviations.Entry, _ cursor: inout ByteCursor) {
        if abbreviation.size >= 0 { return cursor.skip(UInt64(abbreviation.size)) }
        var index = abbreviation.from
        while index < abbreviation.to {
            format.skip(abbreviations.attributes[index].form, &cursor)
            index += 1
        }
    }

    /// The functions at an address, innermost first: those inlined there, then the physical one.
    ///
    /// Empty if the unit knows none.
    func functions(at address: UInt64) -> [DWARFFunction] {
        var best: DWARFExtent?
        for extent in extents where extent.low <= address && address < extent.high {
            if let known = best, known.high - known.low <= extent.high - extent.low { continue }
            best = extent
        }
        guard let best else { return [] }
        var cursor = sections.info
        cursor.seek(best.entry)
        let physical = DWARFEntry(self, &cursor)
        var found = [function(physical, low: best.low)]
        var depth = physical.hasChildren ? 1 : 0
        while depth > 0, cursor.offset < end, !cursor.failed {
            let code = cursor.uleb()
            if code == 0 {
                depth -= 1
                continue
            }
            guard let abbreviation = abbreviations[code] else { break }
            if abbreviation.hasChildren { depth += 1 }
            guard abbreviation.tag == DWARFTag.inlinedSubroutine else {
                skip(abbreviation, &cursor)
                continue
            }
            let entry = DWARFEntry(self, abbreviation, &cursor)
            guard found.count < Self.inlineLimit, let range = ranges(of: entry).first(where: { $0.contains(address) })
            else { continue }
            // Entries come outermost first, and those beside one that has the address do not have it.
            found.append(function(entry, low: range.lowerBound))
        }
        return found.reversed()
    }

    private func function(_ entry: DWARFEntry, low: UInt64) -> DWARFFunction {
        var function = DWARFFunction(
            linkageName: "", name: "", callFile: entry.callFile, callLine: entry.callLine, low: low)
        var entry = entry
        for _ in 0...Self.originLimit {
            if function.linkageName.isEmpty { function.linkageName = text(entry.linkageName) }
            if function.name.isEmpty { function.name = text(entry.name) }
            if function.declarationLine == 0 {
                (function.declarationFile, function.declarationLine) = (entry.declarationFile, entry.declarationLine)
            }
            guard case .reference(let offset) = entry.origin, offset >= firstEntry, offset < end else { break }
            var cursor = sections.info
            cursor.seek(offset)
            entry = DWARFEntry(self, &cursor)
        }
        if function.linkageName.isEmpty { function.linkageName = function.name }
        return function
    }
}
