/// Room for a future's value: in place up to three words, else in memory of its own.
///
/// Not a `Value?` in the future: its `deinit`, which is the same code for all types, would look up the type of that
/// optional each time, which costs as much as running a task.
@usableFromInline
struct FutureResult {
    @usableFromInline
    var words: (UInt, UInt, UInt) = (0, 0, 0)
    @usableFromInline
    var isStored = false

    @inlinable
    init() {}

    @inlinable
    static func fits<Value>(_: Value.Type) -> Bool {
        MemoryLayout<Value>.size <= MemoryLayout<(UInt, UInt, UInt)>.size
            && MemoryLayout<Value>.alignment <= MemoryLayout<UInt>.alignment
    }

    @inlinable
    mutating func store<Value>(_ value: Value) {
        if Self.fits(Value.self) {
            withUnsafeMutablePointer(to: &words) { room in
                _ = UnsafeMutableRawPointer(room).initializeMemory(as: Value.self, to: value)
            }
        } else {
            let room = UnsafeMutablePointer<Value>.allocate(capacity: 1)
            room.initialize(to: value)
            words.0 = UInt(bitPattern: room)
        }
        isStored = true
    }

    /// A copy of the value, which is stored.
    @inlinable
    func load<Value>(as _: Value.Type) -> Value {
        if Self.fits(Value.self) {
            return withUnsafeBytes(of: words) { $0.assumingMemoryBound(to: Value.self)[0] }
        }
        return UnsafePointer<Value>(bitPattern: words.0)!.pointee
    }

    /// Destroys the value, if there is one.
    @inlinable
    mutating func destroy<Value>(as _: Value.Type) {
        guard isStored else { return }
        isStored = false
        if Self.fits(Value.self) {
            withUnsafeMutablePointer(to: &words) { room in
                _ = UnsafeMutableRawPointer(room).assumingMemoryBound(to: Value.self).deinitialize(count: 1)
            }
        } else if let room = UnsafeMutablePointer<Value>(bitPattern: words.0) {
            room.deinitialize(count: 1)
            room.deallocate()
        }
    }
}
