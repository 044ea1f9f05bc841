/// The lines of one unit: from addresses to files and lines (DWARF 4 and 5, section 6.2).
struct DWARFLines {
    private struct Row {
        var address: UInt64
        var file: UInt32
        var line: UInt32
        /// Whether it only says where the row before it ends.
        var isEnd: Bool
    }

    private struct Prologue {
        var minimumLength: UInt64 = 1
        var lineBase: Int64 = 0
        var lineRange: UInt8 = 1
        var opcodeBase: UInt8 = 1
        var lengths: [UInt8] = []
    }

    private var rows: [Row] = []
    private var files: [String] = []
    /// Whether files count from 0, as in DWARF 5, or from 1.
    private var firstFile = 1

    /// Reads the lines at an offset of their section; none if they cannot be read.
    ///
    /// - Parameters:
    ///   - sections: The file's debug information.
    ///   - offset: Where the unit's lines begin, if it has any.
    ///   - directory: The directory that the unit was compiled in.
    ///   - format: The sizes of the unit's values.
    init(_ sections: DWARFSections, at offset: UInt64?, directory: String, format: DWARFFormat) {
        guard let offset else { return }
        var cursor = sections.line
        cursor.seek(offset)
        var length = UInt64(cursor.u32())
        var format = format
        format.offsetSize = 4
        if length == 0xFFFF_FFFF {
            length = cursor.u64()
            format.offsetSize = 8
        }
        guard let size = Int(exactly: length) else { return }
        var program = sections.line.part(cursor.offset, size)
        format.version = program.u16()
        guard !program.failed, (2...5).contains(format.version) else { return }
        if format.version >= 5 {
            format.addressSize = Int(program.u8())
            program.skip(1)
        }
        let headerLength = program.unsigned(format.offsetSize)
        let begin = UInt64(program.offset) &+ headerLength
        var prologue = Prologue()
        prologue.minimumLength = UInt64(program.u8())
        if format.version >= 4 { program.skip(1) }
        program.skip(1)
        prologue.lineBase = Int64(Int8(bitPattern: program.u8()))
        prologue.lineRange = max(1, program.u8())
        prologue.opcodeBase = max(1, program.u8())
        prologue.lengths = (1..<prologue.opcodeBase).map { _ in program.u8() }
        if format.version >= 5 {
            readFiles5(sections, directory, format, &program)
        } else {
            readFiles4(directory, &program)
        }
        program.seek(begin)
        run(prologue, format, &program)
    }

    /// The file and line at an address, of the function that begins at `low`; `nil` if there is none.
    ///
    /// Where the compiler gives line 0, for code that stands for several places or none, the nearest earlier line of
    /// the same function is taken.
    func place(at address: UInt64, from low: UInt64) -> (file: String, line: UInt32)? {
        var known: Row?
        var index = 0
        var previous: Row?
        while index < rows.count {
            let row = rows[index]
            index += 1
            if let before = previous, !before.isEnd, before.address <= address, address < row.address {
                if before.line != 0 { return (file(UInt64(before.file)), before.line) }
                return known.map { (file(UInt64($0.file)), $0.line) }
            }
            if row.isEnd || previous?.isEnd ?? false { known = nil }
            if !row.isEnd, row.line != 0, row.address >= low { known = row }
            previous = row
        }
        return nil
    }

    /// The first address with a line, from this one on, in the same sequence; `nil` if there is none.
    func addressWithLine(from address: UInt64) -> UInt64? {
        let index = rows.indices.dropLast().first {
            !rows[$0].isEnd && rows[$0].address <= address && address < rows[$0 + 1].address
        }
        guard let index else { return nil }
        let found = rows[index...].prefix { !$0.isEnd }.first { $0.line != 0 }
        return found.map { max(address, $0.address) }
    }

    /// The path of the file with this number; empty if there is none, or it is the compiler's own.
    func file(_ number: UInt64) -> String {
        guard number >= UInt64(firstFile), number - UInt64(firstFile) < UInt64(files.count) else { return "" }
        let path = files[Int(number) - firstFile]
        return path.hasSuffix("<compiler-generated>") ? "" : path
    }

    private static func join(_ directory: String, _ name: String) -> String {
        name.hasPrefix("/") || directory.isEmpty ? name : directory + "/" + name
    }

    private mutating func readFiles4(_ directory: String, _ program: inout ByteCursor) {
        var directories = [directory]
        while !program.isAtEnd {
            let name = program.text()
            if name.isEmpty { break }
            directories.append(Self.join(directory, name))
        }
        while !program.isAtEnd {
            let name = program.text()
            if name.isEmpty { break }
            let index = program.uleb()
            _ = program.uleb()
            _ = program.uleb()
            files.append(Self.join(index < UInt64(directories.count) ? directories[Int(index)] : "", name))
        }
    }

    private mutating func readFiles5(
        _ sections: DWARFSections, _ directory: String, _ format: DWARFFormat, _ program: inout ByteCursor
    ) {
        firstFile = 0
        let directories = readNames(sections, format, &program).map { Self.join(directory, $0.name) }
        files = readNames(sections, format, &program).map { name, index in
            Self.join(index < UInt64(directories.count) ? directories[Int(index)] : "", name)
        }
    }

    private func readNames(
        _ sections: DWARFSections, _ format: DWARFFormat, _ program: inout ByteCursor
    ) -> [(name: String, directory: UInt64)] {
        let path: UInt64 = 1
        let directoryIndex: UInt64 = 2
        let forms = (0..<program.u8()).map { _ in
            (content: program.uleb(), form: UInt16(truncatingIfNeeded: program.uleb()))
        }
        let count = program.uleb()
        var names: [(name: String, directory: UInt64)] = []
        // An entry without attributes takes no bytes: as many as a broken file likes would fit.
        guard !forms.isEmpty else { return [] }
        while UInt64(names.count) < count, !program.isAtEnd {
            var name = ""
            var index: UInt64 = 0
            for (content, form) in forms {
                let from = program.offset
                let value = format.read(form, implicit: 0, unit: 0, &program)
                switch value {
                case .text(.inline) where content == path:
                    name = DWARFSections.text(in: program, at: UInt64(from))
                case .text(.strings(let offset)) where content == path:
                    name = DWARFSections.text(in: sections.strings, at: offset)
                case .text(.lineStrings(let offset)) where content == path:
                    name = DWARFSections.text(in: sections.lineStrings, at: offset)
                case .number(let number) where content == directoryIndex: index = number
                default: break
                }
            }
            names.append((name, index))
        }
        return names
    }

    /// Runs the line program: section 6.2.5 of the standard, its registers that matter here.
    private mutating func run(_ prologue: Prologue, _ format: DWARFFormat, _ program: inout ByteCursor) {
        var address: UInt64 = 0
        var file: UInt32 = 1
        var line: Int64 = 1
        func row(isEnd: Bool) -> Row {
            Row(address: address, file: file, line: UInt32(truncatingIfNeeded: line), isEnd: isEnd)
        }
        func advance(_ opcode: UInt8) -> UInt64 {
            UInt64((opcode - prologue.opcodeBase) / prologue.lineRange) &* prologue.minimumLength
        }
        while !program.isAtEnd {
            let opcode = program.u8()
            if opcode >= prologue.opcodeBase {
                address = address &+ advance(opcode)
                line = line &+ prologue.lineBase &+ Int64((opcode - prologue.opcodeBase) % prologue.lineRange)
                rows.append(row(isEnd: false))
                continue
            }
            switch opcode {
            case 0:
                let length = program.uleb()
                var operation = program
                program.skip(length)
                guard length > 0 else { continue }
                switch operation.u8() {
                case 1:
                    rows.append(row(isEnd: true))
                    (address, file, line) = (0, 1, 1)
                case 2: address = operation.unsigned(length == 5 ? 4 : 8)
                default: break
                }
            case 1: rows.append(row(isEnd: false))
            case 2: address = address &+ program.uleb() &* prologue.minimumLength
            case 3: line = line &+ program.sleb()
            case 4: file = UInt32(truncatingIfNeeded: program.uleb())
            case 8: address = address &+ advance(255)
            case 9: address = address &+ UInt64(program.u16())
            default:
                let operands = Int(opcode) <= prologue.lengths.count ? prologue.lengths[Int(opcode) - 1] : 0
                for _ in 0..<operands { _ = program.uleb() }
            }
        }
    }
}
