/// Text in the making, in one piece of memory that is used again.
///
/// `reserve` is called once for all that a caller is about to append with `cursor`.
struct ByteBuffer: ~Copyable {
    private(set) var start: UnsafeMutablePointer<UInt8>
    var cursor: TextCursor
    private var limit: UnsafeMutablePointer<UInt8>

    init(capacity: Int = 1 << 16) {
        start = .allocate(capacity: capacity)
        cursor = TextCursor(start)
        limit = start + capacity
    }

    deinit { start.deallocate() }

    var count: Int { cursor.place - start }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    mutating func removeAll() { cursor = TextCursor(start) }

    /// Makes room for this many bytes and the slack.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if limit - cursor.place < more &+ TextCursor.slack { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let capacity = max((limit - start) * 2, count + more + TextCursor.slack)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        cursor = TextCursor(larger + count)
        start.deallocate()
        start = larger
        limit = larger + capacity
    }
}

// MARK: - Appending with room made

extension ByteBuffer {
    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 {
            reserve($0.count)
            cursor.append(UnsafeRawBufferPointer($0))
        }
    }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        cursor.append(byte)
    }
}
