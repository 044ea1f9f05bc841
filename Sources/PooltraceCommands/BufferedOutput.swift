import Glibc

/// Standard output, written in large pieces.
///
/// A reader that has gone away (`| head`) is not an error: writing then throws `Closed`, and the command ends quietly.
struct BufferedOutput: ~Copyable {
    /// Nobody reads any more.
    struct Closed: Error {}

    private static let capacity = 1 << 16

    private let descriptor: Int32
    private let memory: UnsafeMutablePointer<UInt8>
    private var count = 0

    init(descriptor: Int32 = STDOUT_FILENO) {
        // A write to a closed pipe shall fail, not end the process by a signal.
        signal(SIGPIPE, SIG_IGN)
        self.descriptor = descriptor
        memory = .allocate(capacity: Self.capacity)
    }

    deinit { memory.deallocate() }

    /// Writes what is in the buffer.
    mutating func flush() throws {
        var written = 0
        while written < count {
            let result = Glibc.write(descriptor, memory + written, count - written)
            if result > 0 {
                written += result
            } else if errno == EPIPE {
                throw Closed()
            } else if errno != EINTR {
                throw OutputError(reason: String(cString: strerror(errno)))
            }
        }
        count = 0
    }

    struct OutputError: Error, CustomStringConvertible {
        let reason: String
        var description: String { "standard output: \(reason)" }
    }
}

// MARK: - Appending

extension BufferedOutput {
    mutating func append(_ byte: UInt8) throws {
        if count == Self.capacity { try flush() }
        memory[count] = byte
        count += 1
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if count == Self.capacity { try flush() }
            let part = rest.prefix(Self.capacity - count)
            UnsafeMutableRawPointer(memory + count).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: part).baseAddress!, byteCount: part.count)
            count += part.count
            rest = rest.dropFirst(part.count)
        }
    }

    mutating func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }

    mutating func append(_ text: String) throws {
        var text = text
        try text.withUTF8 { try append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends decimal digits, at least `width` of them.
    mutating func append(decimal value: UInt64, width: Int = 1) throws {
        // No formatting machinery: this is most of what a trace's text is made of.
        if Self.capacity - count < 20 { try flush() }
        var digits = 1
        var limit: UInt64 = 10
        while digits < 20, value >= limit {
            digits += 1
            limit = digits < 20 ? limit &* 10 : limit
        }
        digits = max(digits, min(width, 20))
        var value = value
        var place = count + digits
        count = place
        for _ in 0..<digits {
            place -= 1
            memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
            value /= 10
        }
    }

    mutating func append(decimal value: Int64) throws {
        if value < 0 { try append(UInt8(ascii: "-")) }
        try append(decimal: value.magnitude)
    }
}
