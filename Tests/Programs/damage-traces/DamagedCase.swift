import CTF
import Glibc
import PoolSchedule

struct TraceFile {
    /// Below the case's folder.
    let path: String
    let bytes: [UInt8]
    var isMetadata: Bool { path == "metadata" || path.hasSuffix("/metadata") }
}

struct TraceEvent {
    let file: Int
    let packet: Range<Int>
    let headerEnd: Int
    let end: Int
    /// Of its bytes, class and time.
    let hash: UInt64
}

/// A folder of traces, what it holds undamaged, and a copy to damage.
final class DamagedCase {
    struct Failure: Error {
        let text: String
    }

    let name: String
    let files: [TraceFile]
    private let copy: String
    private let size: Int
    private(set) var events: [TraceEvent] = []
    private var isFindable: [Bool]

    /// - Parameter folder: Its name below `parent`.
    init(_ parent: String, _ folder: String, work: String) throws {
        name = folder
        copy = "\(work)/\(folder)"
        files = try Files.all("\(parent)/\(folder)").map { path in
            TraceFile(path: path, bytes: try Files.read("\(parent)/\(folder)/\(path)"))
        }
        size = files.reduce(0) { $0 + $1.bytes.count }
        isFindable = files.map { file in
            let magic: [UInt8] = [0xC1, 0x1F, 0xFC, 0xC1]
            return file.bytes.starts(with: magic) || file.bytes.starts(with: magic.reversed())
        }
        for file in files { try Files.write(file.bytes, "\(copy)/\(file.path)") }
        try walk { event in events.append(event) }
        guard !events.isEmpty || files.count <= 1 else { throw Failure(text: "\(name): no events before any damage") }
    }

    /// Damages the copy, reads it, checks what was read, and puts the copy right again.
    ///
    /// - Returns: The number of problems that were told.
    func round(_ seed: UInt64) throws -> Int {
        var random = SplitMix64(seed: seed)
        let damage = Damage(files, &random)
        let file = files[damage.file]
        let path = "\(copy)/\(file.path)"
        if let bytes = damage.bytes { try Files.write(bytes, path) } else { unlink(path) }
        defer { try? Files.write(file.bytes, path) }

        var seen: [UInt64: Int] = [:]
        var count = 0
        let size = size + 4096
        var problems = 0
        func failure(_ text: String) -> Failure {
            Failure(text: "\(name), seed \(seed), \(file.path) \(damage.kind) \(damage.ranges): \(text)")
        }
        do {
            problems = try walk { event in
                seen[event.hash, default: 0] += 1
                count += 1
                if count > size * 8 { throw failure("more events than bits") }
            }
        } catch let error as TraceError {
            guard damage.kind == .metadata else { throw failure("\(error)") }
            return 1
        }
        if damage.kind == .metadata { return problems }
        // Which of two packets has the wrong class cannot be told where there are no more.
        let isFindable = isFindable[damage.file]
        for event in events where damage.spares(event, isFindable: isFindable) {
            guard let left = seen[event.hash], left > 0 else {
                throw failure("the event that ends at byte \(event.end) of \(files[event.file].path) is not there")
            }
            seen[event.hash] = left - 1
        }
        return problems
    }

    @discardableResult
    private func walk(_ body: (TraceEvent) throws -> Void) throws -> Int {
        let set = try TraceSet(paths: [copy])
        let cursor = set.makeCursor()
        let places = Dictionary(uniqueKeysWithValues: files.indices.map { ("\(copy)/\(files[$0].path)", $0) })
        while cursor.next() {
            let event = cursor.event
            let place = cursor.place
            // FNV-1a.
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            for byte in place.bytes { add(byte) }
            for byte in event.name.utf8 { add(byte) }
            if place.hasOwnTime {
                for shift in 0..<8 as Range<UInt64> { add(UInt8(truncatingIfNeeded: event.ticks >> (shift * 8))) }
            }
            try body(
                TraceEvent(
                    file: places[place.file] ?? 0, packet: place.packet.start..<place.packet.end,
                    headerEnd: place.packet.header, end: place.range.upperBound, hash: hash))
        }
        let limit = 64 * (size + 65536)
        guard cursor.bytesLoaded <= limit else {
            throw Failure(text: "\(name): \(cursor.bytesLoaded) bytes were read of files of \(size)")
        }
        return cursor.problems.count
    }
}
