import CPoolRecorder

/// Closures' contexts that a worker has released and whose memory it has not freed yet.
///
/// A closure's captures are allocated by the submitter and freed by a worker, and the allocator makes the two meet on
/// one cache line for each: three fifths of what a task cost. So the worker collects them, and hands them back by the
/// block to the lane that it claims from. What a closure captured is released inside its task all the same: the
/// runtime's unowned reference count keeps the memory, and nothing but the memory, of a box whose captures have been
/// released.
struct SpentBodies {
    fileprivate static let capacity = 62

    /// Contexts, which follow it in memory, and the next block of those on their way back.
    struct Block {
        var next: UnsafeMutablePointer<Block>?
        var count = 0
    }

    private var block = Block.make()

    func deallocate() {
        block.free()
        block.deallocate()
    }

    /// Keeps the memory of a closure's context, which is about to be released for the last time.
    mutating func keepMemory(of context: UInt, from lane: Lane?) {
        guard let context = UnsafeMutableRawPointer(bitPattern: context), pooltrace_is_closure_box(context) else {
            return
        }
        if block.pointee.count == Self.capacity {
            if let lane, lane.giveBack(block) { block = Block.make() } else { block.free() }
        }
        pooltrace_unowned_retain(context)
        block.contexts[block.pointee.count] = context
        block.pointee.count &+= 1
    }

    /// Frees the memory of all: when the worker has nothing else to do.
    func free() { block.free() }
}

extension SpentBodies.Block {
    static func make() -> UnsafeMutablePointer<Self> {
        let bytes = MemoryLayout<Self>.stride + SpentBodies.capacity * MemoryLayout<UnsafeMutableRawPointer>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Self.self, capacity: 1)
        block.initialize(to: Self())
        return block
    }
}

extension UnsafeMutablePointer<SpentBodies.Block> {
    var contexts: UnsafeMutablePointer<UnsafeMutableRawPointer> {
        UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    }

    /// Frees the memory of the contexts.
    func free() {
        for index in 0..<pointee.count { pooltrace_unowned_release(contexts[index]) }
        pointee.count = 0
    }
}
