public import Synchronization

extension Map.Work {
    /// Work that initializes each element's own place of `room` with what `body` makes of it.
    @inlinable
    init<Inputs: RandomAccessCollection, Output>(
        elementsOf inputs: Inputs, into room: UnsafeMutablePointer<Output>,
        _ body: @escaping (Inputs.Element) throws -> Output
    ) {
        self.init(
            run: { elements, place in
                try Self.runElements(elements, of: inputs, at: place) { (room + $0).initialize(to: try body($1)) }
            },
            input: { inputs[inputs.index(inputs.startIndex, offsetBy: $0)] },
            discard: { (room + $0.lowerBound).deinitialize(count: $0.count) })
    }

    /// Work without results.
    @inlinable
    init<Inputs: RandomAccessCollection>(
        elementsOf inputs: Inputs, _ body: @escaping (Inputs.Element) throws -> Void
    ) {
        self.init(
            run: { elements, place in try Self.runElements(elements, of: inputs, at: place) { try body($1) } },
            input: { inputs[inputs.index(inputs.startIndex, offsetBy: $0)] })
    }

    /// Runs elements one after the other.
    ///
    /// Always inlined, so that a body has no call around it.
    @inlinable
    @inline(__always)
    static func runElements<Inputs: RandomAccessCollection>(
        _ elements: Range<Int>, of inputs: Inputs, at place: UnsafePointer<Atomic<UInt64>>,
        _ run: (Int, Inputs.Element) throws -> Void
    ) rethrows {
        var input = inputs.index(inputs.startIndex, offsetBy: elements.lowerBound)
        for element in elements {
            place.pointee.store(UInt64(truncatingIfNeeded: element), ordering: .relaxed)
            try run(element, inputs[input])
            inputs.formIndex(after: &input)
        }
    }
}
