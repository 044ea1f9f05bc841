internal import CTF
internal import Glibc

/// The texts of contexts that were printed last: most events have the process and thread of one shortly before.
///
/// A text is used again where an event of the same class has the same bytes of context.
struct ContextTexts: ~Copyable {
    private struct Entry {
        var classIndex = -1
        var byteCount = 0
        var textCount = 0
    }

    /// A class's text is kept at the place of its number modulo this.
    private static let places = 8
    /// Contexts of more bytes, and longer texts, are not kept.
    private static let maximumBytes = 64
    static let maximumLength = 256
    /// For each place the bytes, the text, and what a copy of it touches behind it.
    private static let stride = maximumBytes + maximumLength + TextCursor.slack

    private let entries: UnsafeMutablePointer<Entry>
    private let memory: UnsafeMutablePointer<UInt8>

    init() {
        entries = .allocate(capacity: Self.places)
        entries.initialize(repeating: Entry(), count: Self.places)
        memory = .allocate(capacity: Self.places * Self.stride)
        memory.initialize(repeating: 0, count: Self.places * Self.stride)
    }

    deinit {
        entries.deallocate()
        memory.deallocate()
    }

    /// Appends an event's context, with room for the longest made.
    ///
    /// - Returns: The cursor after it; nil where the text is unknown.
    @inline(__always)
    func append(of event: Event, _ cursor: TextCursor) -> TextCursor? {
        let place = event.classIndex & (Self.places &- 1)
        let entry = entries + place
        guard entry.pointee.classIndex == event.classIndex else { return nil }
        let bytes = memory + place &* Self.stride
        let context = event.contextBytes
        // A class's contexts are all of one size.
        guard let start = context.baseAddress, memcmp(start, bytes, entry.pointee.byteCount) == 0 else { return nil }
        var cursor = cursor
        cursor.append(padded: bytes + Self.maximumBytes, count: entry.pointee.textCount)
        return cursor
    }

    /// Keeps the text of an event's context, unless it or the context is too long.
    func keep(_ text: UnsafeRawBufferPointer, of event: Event) {
        let context = event.contextBytes
        guard let source = context.baseAddress, let start = text.baseAddress, !context.isEmpty,
            context.count <= Self.maximumBytes, text.count <= Self.maximumLength
        else { return }
        let place = event.classIndex & (Self.places - 1)
        let bytes = memory + place * Self.stride
        memcpy(bytes, source, context.count)
        memcpy(bytes + Self.maximumBytes, start, text.count)
        entries[place] = Entry(classIndex: event.classIndex, byteCount: context.count, textCount: text.count)
    }
}
