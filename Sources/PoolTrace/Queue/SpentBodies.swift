import CPoolRecorder

/// Closures' contexts that a worker has released and whose memory it has not freed yet.
///
/// A closure's captures are allocated by the submitter and freed by a worker, and the allocator makes the two meet on one cache line for
/// each: three fifths of what a task cost. So the worker frees them by the batch. What a closure captured is released inside its task all the same: the
/// runtime's unowned reference count keeps the memory, and nothing but the memory, of an object that has been destroyed.
struct SpentBodies {
    private static let capacity = 64

    private let contexts = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: capacity)
    private var count = 0

    func deallocate() {
        for index in 0..<count { pooltrace_unowned_release(contexts[index]) }
        contexts.deallocate()
    }

    /// Keeps the memory of a closure's context, which is about to be released for the last time.
    mutating func keepMemory(of context: UInt) {
        guard let context = UnsafeMutableRawPointer(bitPattern: context) else { return }
        if count == Self.capacity { free() }
        pooltrace_unowned_retain(context)
        contexts[count] = context
        count &+= 1
    }

    /// Frees the memory of all: when the worker has nothing else to do.
    mutating func free() {
        for index in 0..<count { pooltrace_unowned_release(contexts[index]) }
        count = 0
    }
}
