import Synchronization

/// A counter alone on its cache lines: two of them, since the processor fetches lines in pairs.
struct CacheLine: @unchecked Sendable {
    private static let size = 128

    private let pointer: UnsafeMutablePointer<Atomic<UInt64>>

    init(_ initial: UInt64 = 0) {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.size, alignment: Self.size)
        pointer = memory.bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        pointer.initialize(to: Atomic(initial))
    }

    var value: UnsafePointer<Atomic<UInt64>> { UnsafePointer(pointer) }

    func deallocate() {
        UnsafeMutableRawPointer(pointer).deallocate()
    }
}
