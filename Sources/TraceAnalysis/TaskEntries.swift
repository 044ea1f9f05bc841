/// The tasks of a run, in the order in which the trace first speaks of them.
///
/// There may be millions, of which a picture shows fifty, and pictures are made while a trace is still being read. So
/// they are kept in columns of packed numbers, some 25 bytes a task where an entry has 72, and in blocks that copies
/// share. An element is put together when it is asked for.
public struct TaskEntries: RandomAccessCollection, Sendable {
    private var blocks: ContiguousArray<Storage> = []
    /// How many there are.
    public private(set) var count = 0

    private static let rowBits = 12
    private static let rowMask = PackedColumn.capacity - 1

    /// Makes an empty list.
    public init() {}

    /// The position of the first.
    public var startIndex: Int { 0 }
    /// The position behind the last.
    public var endIndex: Int { count }
    /// The positions.
    public var indices: Range<Int> { 0..<count }

    /// The task at a position.
    public internal(set) subscript(position: Int) -> TaskEntry {
        @inline(__always)
        get {
            precondition(position < count, "a run has no such task")
            return blocks[position >> Self.rowBits].tasks.pointee.entry(position & Self.rowMask)
        }
        set { update(position) { $0.set($1, newValue) } }
    }

    /// The number of the task at a position.
    @inline(__always)
    func number(at position: Int) -> UInt64 {
        blocks[position >> Self.rowBits].tasks.pointee.number(position & Self.rowMask)
    }

    /// The number of the parent of the task at a position.
    @inline(__always)
    func parent(at position: Int) -> UInt64 {
        blocks[position >> Self.rowBits].tasks.pointee.parent(position & Self.rowMask)
    }

    /// Adds a task of which nothing but its number is known.
    mutating func append(number: UInt64) {
        if count & Self.rowMask == 0 { blocks.append(Storage(TaskBlock())) }
        count += 1
        update(count - 1) { $0.setNumber($1, number) }
    }

    /// Changes some fields of a task in place.
    @inline(__always)
    mutating func update<Result>(_ position: Int, _ change: (inout TaskBlock, _ row: Int) -> Result) -> Result {
        precondition(position < count, "a run has no such task")
        let place = position >> Self.rowBits
        if !isKnownUniquelyReferenced(&blocks[place]) { blocks[place] = blocks[place].copy() }
        return change(&blocks[place].tasks.pointee, position & Self.rowMask)
    }

    /// Owns the memory of a block; written to only while one list alone has it.
    private final class Storage: @unchecked Sendable {
        let tasks: UnsafeMutablePointer<TaskBlock>

        init(_ tasks: TaskBlock) {
            self.tasks = .allocate(capacity: 1)
            self.tasks.initialize(to: tasks)
        }

        deinit {
            tasks.pointee.free()
            tasks.deallocate()
        }

        func copy() -> Storage { Storage(tasks.pointee.copy()) }
    }
}
