/// Reads a trace's metadata file: plain text of either language, or text in packets as LTTng writes it, in either byte
/// order.
enum MetadataFile {
    private static let magic: UInt32 = 0x75D1_1D57
    /// Larger files are refused; LTTng's are some hundred KiB.
    static let largest = 64 << 20
    /// The packet header: magic, uuid, checksum, content and packet size in bits, compression, encryption, checksum
    /// scheme, version.
    private static let headerSize = 37
    /// Stands in the text for what is missing: no word of the language, so that no declaration goes over it.
    private static let hole: UInt8 = 0

    /// What was read of a file.
    struct Contents {
        var metadata: Metadata
        var text: [UInt8]
        /// What is wrong: declarations that are damaged are left out.
        var problems: [Problem]
        /// What was ignored, and is no damage.
        var notes: [Problem]
    }

    /// - Returns: What the metadata says, and what is wrong with it.
    /// - Throws: Where there is nothing that a stream could be read by.
    static func read(_ path: String, _ bytes: [UInt8]) throws(TraceError) -> Contents {
        var (text, problems) = text(bytes, path)
        do throws(MetadataError) {
            let (metadata, faults, notes) =
                FragmentBuilder.reads(text) ? try FragmentBuilder.salvage(text) : try MetadataBuilder.salvage(text)
            // Where packets are damaged, declarations that are not whole are no damage of their own.
            if problems.isEmpty { problems = faults.map { $0.problem(path, in: text) } }
            return Contents(
                metadata: metadata, text: text, problems: problems,
                notes: notes.map { $0.problem(path, in: text) })
        } catch {
            if let problem = problems.first { throw TraceError(path: path, message: problem.message) }
            throw TraceError(
                path: path, error, offset: FragmentBuilder.reads(text) ? text.offset(of: error.location) : nil)
        }
    }

    /// The text, out of its packets; what is wrong with them.
    static func text(_ bytes: [UInt8], _ path: String) -> ([UInt8], problems: [Problem]) {
        let (little, big) = (magicBytes(isLittle: true), magicBytes(isLittle: false))
        // Text does not have these bytes: a file that has them anywhere is in packets.
        let isLittle = bytes.starts(with: little)
        if !isLittle, !bytes.starts(with: big) {
            let first = [true, false].compactMap { order in
                next(bytes, from: 1, isLittle: order).map { (place: $0, isLittle: order) }
            }.min { $0.place < $1.place }
            guard let first else { return (bytes, []) }
            return packets(bytes, path, isLittle: first.isLittle)
        }
        return packets(bytes, path, isLittle: isLittle)
    }

    private static func packets(_ bytes: [UInt8], _ path: String, isLittle: Bool) -> ([UInt8], problems: [Problem]) {
        var text: [UInt8] = []
        var problems: [Problem] = []
        var offset = 0
        var packet = 0
        while offset < bytes.count {
            let left = bytes.count - offset
            var end = offset
            func fault(_ expected: String, _ found: String, skipped: Int? = nil) {
                problems.append(
                    Problem(
                        file: path, packet: packet, offset: offset, message: "expected \(expected), found \(found)",
                        isOfMetadata: true, skipped: skipped))
                text.append(hole)
            }
            if let (expected, found) = mismatch(bytes, offset, isLittle: isLittle) {
                end = next(bytes, from: offset + 1, isLittle: isLittle) ?? bytes.count
                fault(expected, found, skipped: end - offset)
            } else {
                let contentBits = Int(word(bytes, offset + 24, isLittle: isLittle))
                let packetBits = Int(word(bytes, offset + 28, isLittle: isLittle))
                let isPossible = contentBits % 8 == 0 && contentBits >= headerSize * 8 && contentBits <= packetBits
                // The last packet's padding may be cut off without loss.
                if isPossible, contentBits / 8 <= left {
                    end = offset + packetBits / 8
                    text += bytes[(offset + headerSize)..<(offset + contentBits / 8)]
                } else {
                    end = next(bytes, from: offset + 1, isLittle: isLittle) ?? bytes.count
                    let content = bytes[(offset + headerSize)..<min(end, isPossible ? offset + contentBits / 8 : end)]
                    text += content.prefix { $0 != 0 }
                    if isPossible {
                        fault("\(contentBits / 8) bytes of content", "\(left)")
                    } else {
                        fault("a content size from \(headerSize * 8) to \(packetBits) bits", "\(contentBits)")
                    }
                }
            }
            offset = max(end, offset + 1)
            packet += 1
        }
        return (text, problems)
    }

    /// Why bytes are not the beginning of a packet.
    private static func mismatch(_ bytes: [UInt8], _ offset: Int, isLittle: Bool) -> (expected: String, found: String)?
    {
        let left = bytes.count - offset
        guard left >= headerSize else { return ("a header of \(headerSize) bytes", "\(left) bytes") }
        let found = word(bytes, offset, isLittle: isLittle)
        guard found == magic else { return ("the magic number 0x75d11d57", "0x" + String(found, radix: 16)) }
        // The format names no algorithm for the checksum, and the text can be read without.
        let schemes = (bytes[offset + 32], bytes[offset + 33])
        guard schemes == (0, 0) else {
            return ("no compression or encryption", "schemes \(schemes.0) and \(schemes.1)")
        }
        let version = (bytes[offset + 35], bytes[offset + 36])
        guard version == (1, 8) || version == (2, 0) else {
            return ("version 1.8 or 2.0", "\(version.0).\(version.1)")
        }
        return nil
    }

    /// The next place where a packet begins.
    private static func next(_ bytes: [UInt8], from start: Int, isLittle: Bool) -> Int? {
        let pattern = magicBytes(isLittle: isLittle)
        var place = start
        while place + headerSize <= bytes.count {
            guard let hit = bytes[place...].firstIndex(of: pattern[0]), hit + headerSize <= bytes.count else {
                return nil
            }
            if bytes[hit..<(hit + 4)].elementsEqual(pattern), mismatch(bytes, hit, isLittle: isLittle) == nil {
                return hit
            }
            place = hit + 1
        }
        return nil
    }

    private static func magicBytes(isLittle: Bool) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: magic >> UInt32(isLittle ? 8 * $0 : 24 - 8 * $0)) }
    }

    private static func word(_ bytes: [UInt8], _ offset: Int, isLittle: Bool) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[offset + index]) << UInt32(isLittle ? 8 * index : 24 - 8 * index) }
        return value
    }
}

extension MetadataError {
    /// As damage of a trace that is read all the same.
    func problem(_ path: String, in text: [UInt8]) -> Problem {
        Problem(
            file: path, offset: text.offset(of: location), line: location.line, column: location.column,
            message: message, isOfMetadata: true)
    }
}
