/// The sections of debug information of one file (DWARF 4 and 5).
struct DWARFSections {
    let info: ByteCursor
    let abbreviations: ByteCursor
    let line: ByteCursor
    let strings: ByteCursor
    let lineStrings: ByteCursor
    let stringOffsets: ByteCursor
    let addresses: ByteCursor
    let ranges: ByteCursor
    let rangeLists: ByteCursor

    /// The sections of a file; `nil` if it has no debug information.
    init?(_ image: ELFImage) {
        info = image.section(".debug_info")
        abbreviations = image.section(".debug_abbrev")
        guard info.count > 0, abbreviations.count > 0 else { return nil }
        line = image.section(".debug_line")
        strings = image.section(".debug_str")
        lineStrings = image.section(".debug_line_str")
        stringOffsets = image.section(".debug_str_offsets")
        addresses = image.section(".debug_addr")
        ranges = image.section(".debug_ranges")
        rangeLists = image.section(".debug_rnglists")
    }

    static func text(in section: ByteCursor, at offset: UInt64) -> String {
        var cursor = section
        cursor.seek(offset)
        return cursor.text()
    }
}
