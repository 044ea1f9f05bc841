/// Reads a trace's metadata file: plain text, or text in packets as LTTng writes it, in either byte order.
enum MetadataFile {
    private static let magic: UInt32 = 0x75D1_1D57
    /// Larger files are refused; LTTng's are some hundred KiB.
    private static let largest = 64 << 20
    /// The packet header: magic, uuid, checksum, content and packet size in bits, compression, encryption, checksum
    /// scheme, version.
    private static let headerSize = 37

    static func read(_ path: String) throws(TraceError) -> Metadata {
        let bytes: [UInt8]
        do throws(FileAccess.Failure) {
            bytes = try FileAccess.contents(path, limit: largest)
        } catch {
            throw TraceError(path: path, message: error.reason)
        }
        let text = try text(bytes, path)
        do throws(MetadataError) {
            return try MetadataBuilder.build(text)
        } catch {
            throw TraceError(
                path: path, line: error.location.line, column: error.location.column, message: error.message)
        }
    }

    /// The text, out of its packets.
    static func text(_ bytes: [UInt8], _ path: String) throws(TraceError) -> [UInt8] {
        guard bytes.count >= 4 else { return bytes }
        let isLittle = word(bytes, 0, isLittle: true) == magic
        guard isLittle || word(bytes, 0, isLittle: false) == magic else { return bytes }
        var text: [UInt8] = []
        var offset = 0
        var packet = 0
        while offset < bytes.count {
            func fault(_ expected: String, _ found: String) -> TraceError {
                TraceError(
                    path: path,
                    message: "metadata packet \(packet) at byte \(offset): expected \(expected), found \(found)")
            }
            let left = bytes.count - offset
            guard left >= headerSize else { throw fault("a header of \(headerSize) bytes", "\(left) bytes") }
            let found = word(bytes, offset, isLittle: isLittle)
            guard found == magic else { throw fault("the magic number 0x75d11d57", "0x" + String(found, radix: 16)) }
            let contentBits = Int(word(bytes, offset + 24, isLittle: isLittle))
            let packetBits = Int(word(bytes, offset + 28, isLittle: isLittle))
            let schemes = bytes[(offset + 32)..<(offset + 35)]
            guard schemes.allSatisfy({ $0 == 0 }) else {
                throw fault("no compression, encryption or checksum", "schemes \(Array(schemes))")
            }
            guard bytes[offset + 35] == 1, bytes[offset + 36] == 8 else {
                throw fault("version 1.8", "\(bytes[offset + 35]).\(bytes[offset + 36])")
            }
            guard contentBits % 8 == 0, contentBits >= headerSize * 8, contentBits <= packetBits else {
                throw fault("a content size from \(headerSize * 8) to \(packetBits) bits", "\(contentBits)")
            }
            // The last packet's padding may be cut off without loss.
            guard contentBits / 8 <= left else { throw fault("\(contentBits / 8) bytes of content", "\(left)") }
            text += bytes[(offset + headerSize)..<(offset + contentBits / 8)]
            offset += packetBits / 8
            packet += 1
        }
        return text
    }

    private static func word(_ bytes: [UInt8], _ offset: Int, isLittle: Bool) -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[offset + index]) << UInt32(isLittle ? 8 * index : 24 - 8 * index) }
        return value
    }
}
