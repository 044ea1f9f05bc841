internal import CTF
internal import PoolModel

/// Writes events as an `EventFormat` says, into memory.
struct EventWriter: ~Copyable {
    private let format: EventFormat
    /// What was written.
    var output: ByteBuffer
    /// The second of the last offset, and its text with sign and point: most events share the second of the one before.
    private var second: Int64 = .min
    private var secondText = ByteBuffer(capacity: 64)
    private let contexts = ContextTexts()
    /// For values of any shape in JSON.
    private var tree = JSONWriter()

    init(_ format: EventFormat, capacity: Int) {
        self.format = format
        output = ByteBuffer(capacity: capacity)
    }

    /// Appends an event's line.
    mutating func write(_ event: Event) {
        let line = format.lines[event.classIndex]
        let fields = event.fields
        output.reserve(line.room)
        var cursor = output.cursor
        var piece = line.first
        var contextStart = 0
        while true {
            cursor.append(padded: piece.pointee.prefix, count: piece.pointee.prefixCount)
            switch piece.pointee.value {
            case .unsigned: cursor.append(decimal: fields.unsigned(piece.pointee.position))
            case .signed: cursor.append(decimal: fields.signed(piece.pointee.position))
            case .hexadecimal: cursor.append(hexadecimal: fields.unsigned(piece.pointee.position))
            case .offset: cursor = write(offset: event.timestamp &- format.start, cursor)
            case .time: cursor.append(decimal: event.timestamp)
            case .stream: cursor.append(decimal: UInt64(event.streamIndex))
            case .string:
                output.cursor = cursor
                write(fields.bytes(piece.pointee.position))
                output.reserve(line.room)
                cursor = output.cursor
            case .tree:
                output.cursor = cursor
                let value = fields.value(piece.pointee.position)
                if format.isJSON { Self.write(value, &tree, &output) } else { TextValue.write(value, &output) }
                output.reserve(line.room)
                cursor = output.cursor
            case .context:
                if let end = contexts.append(of: event, cursor) {
                    cursor = end
                    // What comes next is the context's end, which is not to be kept again.
                    piece += piece.pointee.position &+ 1
                } else {
                    contextStart = cursor.place - output.start
                }
            case .contextEnd:
                let start = output.start + contextStart
                contexts.keep(UnsafeRawBufferPointer(start: start, count: cursor.place - start), of: event)
            case .none:
                output.cursor = cursor
                return
            }
            piece += 1
        }
    }

    /// Appends seconds since the start, like `+1.000001500`.
    @inline(__always)
    private mutating func write(offset: Int64, _ cursor: TextCursor) -> TextCursor {
        var cursor = cursor
        var fraction = offset &- second
        if fraction < 0 || fraction >= 1_000_000_000 || second == .min {
            guard offset >= 0 else { return Self.write(negative: offset.magnitude, cursor) }
            second = offset / 1_000_000_000 &* 1_000_000_000
            fraction = offset &- second
            secondText.removeAll()
            secondText.append(UInt8(ascii: "+"))
            secondText.append(String(offset / 1_000_000_000))
            secondText.append(UInt8(ascii: "."))
        }
        cursor.append(padded: secondText.start, count: secondText.count)
        return Self.nineDigits(UInt32(truncatingIfNeeded: fraction), cursor)
    }

    /// An event before the start: only in a trace whose packets say that they begin later than they do.
    @inline(never)
    private static func write(negative offset: UInt64, _ cursor: TextCursor) -> TextCursor {
        var cursor = cursor
        cursor.append(UInt8(ascii: "-"))
        cursor.append(decimal: offset / 1_000_000_000)
        cursor.append(UInt8(ascii: "."))
        return nineDigits(UInt32(truncatingIfNeeded: offset % 1_000_000_000), cursor)
    }

    @inline(__always)
    private static func nineDigits(_ value: UInt32, _ cursor: TextCursor) -> TextCursor {
        var cursor = cursor
        let (first, rest) = value.quotientAndRemainder(dividingBy: 100_000_000)
        cursor.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: first))
        cursor.append(eightDigits: rest)
        return cursor
    }

    private static func write(_ value: Value, _ tree: inout JSONWriter, _ output: inout ByteBuffer) {
        tree.value(nil, value)
        tree.handOver { bytes in
            output.reserve(bytes.count)
            output.cursor.append(bytes)
        }
    }

    private mutating func write(_ text: UnsafeRawBufferPointer) {
        if format.isJSON { JSONText.quote(text, &output) } else { TextValue.quote(text, &output) }
    }
}
