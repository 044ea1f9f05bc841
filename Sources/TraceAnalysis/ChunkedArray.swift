/// Elements in chunks of 16,384: it grows without being copied, and copies share the chunks that neither writes to.
public struct ChunkedArray<Element: Sendable>: RandomAccessCollection, MutableCollection, Sendable {
    private var chunks: ContiguousArray<ContiguousArray<Element>> = []
    /// How many there are.
    public private(set) var count = 0

    private static var bits: Int { 14 }
    private static var mask: Int { 1 << bits - 1 }

    /// Makes an empty one.
    public init() {}

    /// The position of the first.
    public var startIndex: Int { 0 }
    /// The position behind the last.
    public var endIndex: Int { count }

    /// The element at a position.
    public subscript(position: Int) -> Element {
        @inline(__always) get { chunks[position >> Self.bits][position & Self.mask] }
        @inline(__always) _modify { yield &chunks[position >> Self.bits][position & Self.mask] }
    }

    mutating func append(_ element: Element) {
        if count & Self.mask == 0 {
            var chunk = ContiguousArray<Element>()
            // The first may stay small.
            if count > 0 { chunk.reserveCapacity(Self.mask + 1) }
            chunks.append(chunk)
        }
        chunks[count >> Self.bits].append(element)
        count += 1
    }
}
