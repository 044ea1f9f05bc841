/// The parts of an ELF file (64 bits, little-endian) that a look-up of symbols needs.
///
/// Layout: System V ABI, chapters 4 and 5. Every offset and size is checked against the file before it is used.
struct ELFImage {
    private enum SectionType { static let symbols: UInt32 = 2, noBits: UInt32 = 8, dynamicSymbols: UInt32 = 11 }
    private enum SectionFlag { static let compressed: UInt64 = 0x800 }
    private enum Machine { static let x86_64: UInt16 = 62, arm64: UInt16 = 183 }
    private static let functionSymbol: UInt8 = 2
    private static let symbolSize = 24
    private static let buildIDNote: UInt32 = 3
    private static let noteSegment: UInt32 = 4

    private struct Section {
        var name: String
        var type: UInt32
        var flags: UInt64
        /// Where it lies in memory, less where the file was loaded.
        var address: UInt64
        var offset: UInt64
        var size: UInt64
        var link: UInt32

        func contains(_ place: UInt64) -> Bool { place >= address && place - address < size }
    }

    /// A part of the file that is mapped into memory, or notes.
    struct Segment {
        var type: UInt32
        var flags: UInt32
        var offset: UInt64
        var address: UInt64
        var fileSize: UInt64

        var isLoaded: Bool { type == 1 }
        var isExecutable: Bool { flags & 1 != 0 }
    }

    private let file: MappedFile
    private let cursor: ByteCursor
    private let machine: UInt16
    private let segments: [Segment]
    private var sections: [Section] = []
    /// The identity that the linker gave the file, empty if it gave none.
    private(set) var buildID: [UInt8] = []

    /// Reads the headers; `nil` if the file is not understood.
    init?(_ file: MappedFile) {
        self.file = file
        cursor = ByteCursor(file.bytes)
        var header = cursor
        // Magic number, 64 bits, little-endian.
        guard header.u32() == 0x464C_457F, header.u8() == 2, header.u8() == 1 else { return nil }
        header.seek(0x12)
        machine = header.u16()
        segments = Self.segments(cursor)
        header.seek(0x28)
        let sectionTable = header.u64()
        header.seek(0x3A)
        let sectionSize = header.u16()
        let sectionCount = header.u16()
        let namesIndex = header.u16()
        guard !header.failed else { return nil }
        readSections(sectionTable, size: sectionSize, count: sectionCount, names: Int(namesIndex))
        buildID = Self.buildID(inSegmentsOf: cursor) ?? []
    }

    private mutating func readSections(_ table: UInt64, size: UInt16, count: UInt16, names: Int) {
        var nameOffsets: [UInt32] = []
        for index in 0..<UInt64(count) {
            var entry = cursor
            entry.seek(table &+ index &* UInt64(size))
            nameOffsets.append(entry.u32())
            let type = entry.u32()
            let flags = entry.u64()
            let address = entry.u64()
            let offset = entry.u64()
            let length = entry.u64()
            let link = entry.u32()
            guard !entry.failed else { break }
            sections.append(
                Section(
                    name: "", type: type, flags: flags, address: address, offset: offset, size: length, link: link))
        }
        guard names < sections.count else { return }
        let texts = bytes(of: sections[names])
        for index in sections.indices {
            var name = texts
            name.seek(UInt64(nameOffsets[index]))
            sections[index].name = name.text()
        }
    }

    /// The segments that an ELF header lists.
    static func segments(_ file: ByteCursor) -> [Segment] {
        var header = file
        header.seek(0x20)
        let table = header.u64()
        header.seek(0x36)
        let size = header.u16()
        let count = header.u16()
        var segments: [Segment] = []
        for index in 0..<UInt64(header.failed ? 0 : count) {
            var entry = file
            entry.seek(table &+ index &* UInt64(size))
            let type = entry.u32()
            let flags = entry.u32()
            let offset = entry.u64()
            let address = entry.u64()
            entry.skip(8)
            let fileSize = entry.u64()
            guard !entry.failed else { break }
            segments.append(Segment(type: type, flags: flags, offset: offset, address: address, fileSize: fileSize))
        }
        return segments
    }

    /// The identity that the linker gave a file, from its notes.
    ///
    /// - Parameters:
    ///   - file: The file, or its first mapped part, which in practice holds the notes.
    ///   - isLoaded: Whether the bytes are those in memory, where a note is at its address, not at its offset.
    static func buildID(inSegmentsOf file: ByteCursor, isLoaded: Bool = false) -> [UInt8]? {
        let segments = segments(file)
        let first = segments.first(where: \.isLoaded)?.address ?? 0
        for segment in segments where segment.type == noteSegment {
            let place = isLoaded ? segment.address &- first : segment.offset
            guard let offset = Int(exactly: place), let size = Int(exactly: segment.fileSize) else { continue }
            if let found = buildID(inNotes: file.part(offset, size)) { return found }
        }
        return nil
    }

    /// The build id among the notes of a segment.
    private static func buildID(inNotes notes: ByteCursor) -> [UInt8]? {
        var notes = notes
        while !notes.isAtEnd {
            let nameSize = notes.u32()
            let size = notes.u32()
            let type = notes.u32()
            let isGNU = nameSize == 4 && notes.u32() == 0x0055_4E47
            if nameSize != 4 { notes.skip((UInt64(nameSize) + 3) & ~3) }
            if isGNU, type == buildIDNote, size <= 64 {
                let bytes = (0..<size).map { _ in notes.u8() }
                return notes.failed ? nil : bytes
            }
            notes.skip((UInt64(size) + 3) & ~3)
        }
        return nil
    }

    private func bytes(of section: Section) -> ByteCursor {
        // Compressed sections read as absent: nothing that Swift's tools write by default is.
        guard section.type != SectionType.noBits, section.flags & SectionFlag.compressed == 0,
            let offset = Int(exactly: section.offset), let size = Int(exactly: section.size)
        else { return cursor.part(0, 0) }
        return cursor.part(offset, size)
    }

    /// Where the direct call that returns to an address goes; `nil` if what is before the address is no direct call.
    func callTarget(endingAt address: UInt64) -> UInt64? {
        guard
            let segment = segments.first(where: {
                $0.isLoaded && $0.address <= address && address - $0.address < $0.fileSize
            })
        else { return nil }
        var code = cursor
        switch machine {
        case Machine.x86_64:
            code.seek(address &- segment.address &+ segment.offset &- 5)
            guard code.u8() == 0xE8 else { return nil }
            let distance = Int64(Int32(bitPattern: code.u32()))
            return code.failed ? nil : address &+ UInt64(bitPattern: distance)
        case Machine.arm64:
            code.seek(address &- segment.address &+ segment.offset &- 4)
            let instruction = code.u32()
            guard !code.failed, instruction >> 26 == 0x25 else { return nil }
            // 26 bits, signed, in units of 4 bytes.
            let distance = Int64(Int32(bitPattern: instruction << 6) >> 4)
            return address &- 4 &+ UInt64(bitPattern: distance)
        default: return nil
        }
    }

    /// The bytes of the section of this name; none if there is no such section.
    func section(_ name: String) -> ByteCursor {
        sections.first { $0.name == name }.map(bytes(of:)) ?? cursor.part(0, 0)
    }

    /// The name of the function whose symbol covers an address.
    ///
    /// A scan: sorting the table would cost more than the few look-ups that a process makes for what has no debug
    /// information.
    func function(at address: UInt64) -> (name: String, start: UInt64)? {
        let isCode = segments.contains { segment in
            segment.isLoaded && segment.isExecutable && segment.address <= address
                && address - segment.address < segment.fileSize
        }
        guard isCode else { return nil }
        for type in [SectionType.symbols, SectionType.dynamicSymbols] {
            guard let section = sections.first(where: { $0.type == type }), Int(section.link) < sections.count else {
                continue
            }
            let table = bytes(of: section)
            var best: (name: UInt32, start: UInt64)?
            var index = 0
            while index + Self.symbolSize <= table.count {
                var entry = table
                entry.seek(UInt64(index))
                index += Self.symbolSize
                let name = entry.u32()
                let info = entry.u8()
                guard info & 0xF == Self.functionSymbol else { continue }
                entry.skip(1)
                let place = Int(entry.u16())
                guard place != 0 else { continue }
                let start = entry.u64()
                guard start <= address, start >= best?.start ?? 0 else { continue }
                let size = entry.u64()
                if size > 0 && address - start >= size { continue }
                // One without a size ends with its section at the latest.
                if size == 0, place < sections.count, !sections[place].contains(address) { continue }
                best = (name, start)
            }
            guard let best else { continue }
            var texts = bytes(of: sections[Int(section.link)])
            texts.seek(UInt64(best.name))
            let name = texts.text()
            if !name.isEmpty { return (name, best.start) }
        }
        return nil
    }
}
