import CBench
import Dispatch
import PoolTrace

/// A map of ten million numbers, with a body of a nanosecond and an array of results that is made in the round.
///
/// All sides allocate that array, and so pay for its pages; what they make is checked after the round.
enum MapGroup {
    private static let count = 10_000_000
    private static let chunks = 8

    static let rows = [
        Row(
            "iterations", "Dispatch: concurrentPerform, an iteration each", .element, in: .dispatch,
            threads: Conditions.workers
        ) {
            try round { output in
                DispatchQueue.concurrentPerform(iterations: count) { output.base[$0] = mixed($0) }
            }
        },
        Row(
            "chunked", "Dispatch: concurrentPerform, \(chunks) chunks by hand", .element, in: .dispatch,
            threads: Conditions.workers, [.beside("iterations")]
        ) {
            try round { output in
                DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
                    for index in count * chunk / chunks..<count * (chunk + 1) / chunks {
                        output.base[index] = mixed(index)
                    }
                }
            }
        },
        Row(
            "map", "pool: map, untraced", .element, in: .off, threads: Conditions.workers,
            [.atMost(0.25, of: "iterations"), .atMost(1.3, of: "chunked")]
        ) {
            try pool(recording: false)
        },
        Row(
            "map-traced", "pool: map, traced to the ring", .element, in: .memory, threads: Conditions.workers,
            [.beside("iterations"), .beside("map")]
        ) {
            try pool(recording: true)
        },
    ]

    /// The body: a few multiplications, so that the compiler cannot make a loop of it that does several elements at
    /// once.
    private static func mixed(_ index: Int) -> UInt64 {
        var bits = UInt64(truncatingIfNeeded: index)
        bits = (bits ^ bits >> 33) &* 0xFF51_AFD7_ED55_8CCD
        bits = (bits ^ bits >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return bits ^ bits >> 33
    }

    private static func pool(recording: Bool) throws -> Row.Round {
        try Conditions.restrict()
        return {
            let pool = try ThreadPool(workers: Conditions.workers)
            try Conditions.check(recording: recording)
            let watch = Stopwatch()
            let results = try pool.map(0..<count) { mixed($0) }
            let sample = watch.stop(count: count)
            try pool.shutdown()
            try check(results)
            return sample
        }
    }

    /// Where the peers' iterations write.
    private struct Output: @unchecked Sendable {
        let base: UnsafeMutablePointer<UInt64>
    }

    /// A round of a peer: fills the array.
    private static func round(_ fill: @escaping (Output) -> Void) throws -> Row.Round {
        try Conditions.restrict()
        return {
            let watch = Stopwatch()
            let results = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
                if let base = buffer.baseAddress { fill(Output(base: base)) }
                initialized = count
            }
            let sample = watch.stop(count: count)
            try check(results)
            return sample
        }
    }

    private static func check(_ results: [UInt64]) throws {
        guard results.count == count else { throw BenchError("\(results.count) results, not \(count)") }
        for index in results.indices where results[index] != mixed(index) {
            throw BenchError("element \(index) is \(results[index]), not \(mixed(index))")
        }
    }
}
