/// Takes a document's bytes, a piece at a time.
public typealias ByteSink = (UnsafeRawBufferPointer) -> Void

/// Collects a document's bytes and hands them on in large pieces, so that it never is in memory as a whole.
struct ByteOutput {
    private(set) var bytes: [UInt8] = []
    private let sink: ByteSink?
    private static let pieceSize = 1 << 16

    /// - Parameter sink: Takes the pieces; nil: all stays in `bytes`.
    init(to sink: ByteSink?) {
        self.sink = sink
        if sink != nil { bytes.reserveCapacity(2 * Self.pieceSize) }
    }

    /// Hands over what there is, if that is enough for a piece: to be called between two parts of the document.
    @inline(__always)
    mutating func flushIfFull() {
        if bytes.count >= Self.pieceSize { flush() }
    }

    @inline(never)
    mutating func flush() {
        guard let sink else { return }
        bytes.withUnsafeBytes(sink)
        removeAll()
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A text, if every byte of it passes; whether that is so.
    @inline(__always)
    mutating func append(_ text: String, where isFine: (UInt8) -> Bool) -> Bool {
        let isAppended = text.utf8.withContiguousStorageIfAvailable { text in
            for byte in text where !isFine(byte) { return false }
            bytes.append(contentsOf: text)
            return true
        }
        return isAppended ?? false
    }

    /// A number in decimal digits, with zeros in front up to so many.
    mutating func append(decimal number: UInt64, digits: Int = 1) {
        // 20 digits are the longest number.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var rest = number
            var first = 20
            repeat {
                first -= 1
                buffer[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            while first > 20 - digits {
                first -= 1
                buffer[first] = UInt8(ascii: "0")
            }
            bytes.append(contentsOf: buffer[first...])
        }
    }

    mutating func append(decimal number: some BinaryInteger) {
        if let number = UInt64(exactly: number) {
            append(decimal: number)
        } else {
            append(String(number))
        }
    }
}

// MARK: - In place

extension ByteOutput {
    var count: Int { bytes.count }

    /// Puts four bytes where room was left for them.
    @inline(__always)
    mutating func replace(at place: Int, with four: (UInt8, UInt8, UInt8, UInt8)) {
        bytes[place] = four.0
        bytes[place + 1] = four.1
        bytes[place + 2] = four.2
        bytes[place + 3] = four.3
    }
}
