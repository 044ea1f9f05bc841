import Glibc

/// An executable or library as it lies in this process's memory.
struct LoadedModule: Sendable {
    /// Where to read its file: `/proc/self/exe` for the executable, which finds it wherever it was moved to, or
    /// deleted.
    let path: String
    /// The last part of its path.
    let name: String
    /// What is added to an address in its file to make one in memory.
    let base: UInt64
    /// The identity that the linker gave it, empty if it gave none.
    let buildID: [UInt8]
    /// The part of it that was asked for.
    let code: Range<UInt64>

    private static let deletedMark = " (deleted)"
    /// Where an ELF header keeps the table of segments.
    private static let headerSize = 64

    /// The module that has code at an address now; `nil` if none has.
    static func containing(_ address: UInt64) -> LoadedModule? {
        let mappings = Mapping.all()
        guard let code = mappings.first(where: { $0.range.contains(address) }), code.isExecutable,
            code.path.hasPrefix("/")
        else { return nil }
        // The header lies where the file's beginning is mapped: the last such place before the code.
        let start = mappings.last { $0.path == code.path && $0.offset == 0 && $0.range.lowerBound <= address }
        guard let start, start.isReadable else { return nil }
        return LoadedModule(code, header: start)
    }

    private init?(_ code: Mapping, header: Mapping) {
        guard let memory = UnsafeRawPointer(bitPattern: UInt(header.range.lowerBound)) else { return nil }
        let cursor = ByteCursor(UnsafeRawBufferPointer(start: memory, count: header.range.count))
        guard let base = Self.base(cursor, code) else { return nil }
        self.base = base
        self.code = code.range
        buildID = ELFImage.buildID(inSegmentsOf: cursor, isLoaded: true) ?? []
        let isDeleted = code.path.hasSuffix(Self.deletedMark)
        let shown = isDeleted ? String(code.path.dropLast(Self.deletedMark.count)) : code.path
        name = shown.split(separator: "/").last.map(String.init) ?? shown
        // A file at the path of a deleted library is another one: it is told by its build id.
        path = code.path == Self.executable() ? "/proc/self/exe" : shown
    }

    /// The mapping's distance from where the file would have it: by the segment that the mapping is of.
    private static func base(_ header: ByteCursor, _ code: Mapping) -> UInt64? {
        for segment in ELFImage.segments(header) where segment.isLoaded && segment.isExecutable {
            let skipped = segment.offset & 0xFFF
            if segment.offset &- skipped <= code.offset, code.offset < segment.offset &+ segment.fileSize {
                return code.range.lowerBound &- (segment.address &- segment.offset &+ code.offset)
            }
        }
        return nil
    }

    private static func executable() -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let length = start.withMemoryRebound(to: CChar.self, capacity: buffer.count) { text in
                readlink("/proc/self/exe", text, buffer.count)
            }
            return String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
        }
    }
}

/// A line of `/proc/self/maps`: a part of a file in memory.
private struct Mapping {
    var range: Range<UInt64>
    var isReadable: Bool
    var isExecutable: Bool
    var offset: UInt64
    var path: String

    static func all() -> [Mapping] {
        contents("/proc/self/maps").split(separator: UInt8(ascii: "\n")).compactMap(Mapping.init(line:))
    }

    /// Reads "55d0c0a00000-55d0c0a2c000 r-xp 00001000 fe:00 917519                     /usr/bin/program".
    private init?(line: ArraySlice<UInt8>) {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
        guard fields.count == 6, fields[1].count >= 3 else { return nil }
        let bounds = fields[0].split(separator: UInt8(ascii: "-"))
        guard bounds.count == 2, let low = Self.number(bounds[0]), let high = Self.number(bounds[1]), low < high,
            let offset = Self.number(fields[2])
        else { return nil }
        range = low..<high
        isReadable = fields[1].first == UInt8(ascii: "r")
        isExecutable = fields[1].dropFirst(2).first == UInt8(ascii: "x")
        self.offset = offset
        path = String(decoding: fields[5].drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
    }

    private static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: text, as: UTF8.self), radix: 16)
    }

    private static func contents(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65536) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return }
                bytes.append(contentsOf: buffer.prefix(count))
            }
        }
        return bytes
    }
}
