/// A buffer that its sender goes on to fill after it was sent.
package final class SampleBuffer: @unchecked Sendable {
    private let samples: UnsafeMutableBufferPointer<Int32>

    package init(count: Int) {
        samples = .allocate(capacity: count)
        samples.initialize(repeating: 0)
    }

    deinit { samples.deallocate() }

    package func copy() -> SampleBuffer {
        let copy = SampleBuffer(count: samples.count)
        _ = copy.samples.update(fromContentsOf: samples)
        return copy
    }

    package func fill(with level: Int32) {
        for index in samples.indices {
            samples[index] = level  // race: sent-buffer
        }
    }

    package func loudest() -> Int32 {
        var loudest: Int32 = 0
        for index in samples.indices {
            loudest = max(loudest, samples[index])  // race: sent-buffer
        }
        return loudest
    }
}
