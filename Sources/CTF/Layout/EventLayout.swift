/// Where the fields of one event class are: its contexts' and its payload's, after the event header.
///
/// The fields are cut into segments. Inside a segment every field has a fixed offset from the segment's base; a segment
/// ends where the size of what follows depends on the event (a text, a sequence, a variant), or where an alignment is
/// greater than what is known of the base's. To decode an event is to find the bases: for an event of fixed size that
/// is one addition.
@usableFromInline
final class EventLayout {
    /// How a segment ends.
    enum Tail: UInt8 {
        case none
        /// A text that ends with a NUL.
        case string
        /// Elements of one size, as many as a saved integer says.
        case sequence
        /// Anything else: the node is walked.
        case node
    }

    struct Segment {
        /// The base is rounded up to a multiple of this plus one.
        var alignmentMask: Int
        /// Bits from the base to the tail.
        var fixedBits = 0
        var tail = Tail.none
        /// Integers to save, a range of `Table.saves`.
        var saves = 0
        var saveCount = 0
        /// Of a sequence: the saved integer, and the distance and size of elements.
        var length = 0
        var stride = 0
        var elementBits = 0
        /// Of a node: its place in `nodes`.
        var node = 0
    }

    struct Save {
        var load: BitLoad
        var place: Int
    }

    /// What a slot offers.
    @usableFromInline
    enum Access: UInt8, BitwiseCopyable {
        case integer, float16, float32, float64, string
        /// An integer of variable length.
        case unsignedLEB128, signedLEB128
        /// Text in an array of characters of fixed length, in a sequence of characters.
        case characters, characterSequence
        case integerSequence
        case integerArray
        /// Elements that no load gets.
        case otherSequence, otherArray
        case other
    }

    /// Where a field is.
    @usableFromInline
    struct Slot: BitwiseCopyable {
        @usableFromInline var segment: Int
        /// From the segment's base.
        @usableFromInline var bitOffset: Int
        /// The bits from the field on that a load of eight bytes touches; more than any packet has where the field is
        /// not such a load, a shift and a mask.
        @usableFromInline var reach = Self.unreachable
        @usableFromInline var mask: UInt64 = 0
        /// Of a signed integer its highest bit, else 0.
        @usableFromInline var sign: UInt64 = 0
        @usableFromInline var access: Access
        /// Integers: the field's own; sequences and arrays: an element's, at offset 0.
        var load: BitLoad
        /// The saved integer that is a sequence's length; an array's own length.
        var length = 0
        var stride = 0

        static let unreachable = 1 << 62
    }

    /// The layout as the decoder sees it: plain memory, no references to count.
    @usableFromInline
    struct Table: BitwiseCopyable {
        /// Among the trace's.
        @usableFromInline var classIndex: Int
        /// One segment, nothing to save, no tail.
        var isFixed: Bool
        var alignmentMask: Int
        var fixedBits: Int
        var segments: UnsafeMutablePointer<Segment>
        var segmentCount: Int
        var saves: UnsafeMutablePointer<Save>
        /// Context fields first.
        @usableFromInline var slots: UnsafeMutablePointer<Slot>
        @usableFromInline var slotCount: Int
        @usableFromInline var contextCount: Int
        /// `EventLayoutBuilder.plainBytes` of the contexts.
        @usableFromInline var contextByte: Int
        @usableFromInline var contextByteCount: Int
        var owner: Unmanaged<EventLayout>
    }

    let table: UnsafeMutablePointer<Table>
    let segments: [Segment]
    /// What `Segment.node` refers to.
    let nodes: [LayoutNode]
    /// The nodes of the slots.
    let fields: [LayoutNode]
    let eventClass: EventClass

    init(
        eventClass: EventClass, segments: [Segment], saves: [Save], slots: [Slot], nodes: [LayoutNode],
        fields: [LayoutNode], contextCount: Int, contextBytes: Range<Int>
    ) {
        self.eventClass = eventClass
        self.segments = segments
        self.nodes = nodes
        self.fields = fields
        table = .allocate(capacity: 1)
        table.initialize(
            to: Table(
                classIndex: eventClass.index,
                isFixed: segments.count == 1 && segments[0].tail == .none && saves.isEmpty,
                alignmentMask: segments.first?.alignmentMask ?? 0, fixedBits: segments.first?.fixedBits ?? 0,
                segments: Self.copy(segments), segmentCount: segments.count, saves: Self.copy(saves),
                slots: Self.copy(slots), slotCount: slots.count, contextCount: contextCount,
                contextByte: contextBytes.lowerBound, contextByteCount: contextBytes.count, owner: .passUnretained(self)
            ))
    }

    deinit {
        table.pointee.segments.deallocate()
        table.pointee.saves.deallocate()
        table.pointee.slots.deallocate()
        table.deallocate()
    }

    private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        elements.withUnsafeBufferPointer { buffer in
            if let start = buffer.baseAddress { memory.initialize(from: start, count: buffer.count) }
        }
        return memory
    }
}
