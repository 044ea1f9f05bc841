import PoolTrace
import Synchronization

/// Order-dependent reduce: the pieces of a file are read two at a time, and their checksums joined as they come.
///
/// A piece that does not follow what is there is taken for the one before it. With two at a time that is so for the
/// first piece, and nearly always for all others.
enum UnorderedReduce {
    /// A polynomial in the bytes, so that those of two neighbours give that of both.
    private struct Checksum: Equatable {
        private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

        var value: UInt64 = 0
        private var power: UInt64 = 1
        private(set) var end: Int

        init(of bytes: ArraySlice<UInt8>) {
            end = bytes.endIndex
            for byte in bytes {
                value = value &* Self.base &+ UInt64(byte)
                power = power &* Self.base
            }
        }

        /// Joins what stands behind this.
        func joined(with next: Checksum) -> Checksum {
            var both = next
            both.value = value &* next.power &+ next.value
            both.power = power &* next.power
            return both
        }
    }

    struct WrongChecksum: Error, CustomStringConvertible {
        let found: UInt64
        let expected: UInt64
        var description: String {
            "the checksum is \(String(found, radix: 16)), expected \(String(expected, radix: 16))"
        }
    }

    private final class File: Sendable {
        private let bytes: [UInt8]
        private let unread: Mutex<[Range<Int>]>
        private let sum = Mutex<Checksum?>(nil)

        init(_ bytes: [UInt8], pieces count: Int) {
            self.bytes = bytes
            let size = bytes.count / count
            // At the ends of lines, so not all alike.
            let inner = (1..<count).map { $0 * size + Int.random(in: 0...(size / 50)) }
            unread = Mutex(zip([0] + inner, inner + [bytes.count]).map { $0..<$1 }.reversed())
        }

        var checksum: Checksum? { sum.withLock { $0 } }
        var expected: Checksum { Checksum(of: bytes[...]) }

        /// Reads the next piece, if there is one, has it joined, and then goes on.
        func read(on pool: ThreadPool) {
            guard let piece = unread.withLock({ $0.popLast() }) else { return }
            let part = Checksum(of: bytes[piece])
            pool.execute(name: "join") {
                self.join(part, at: piece.lowerBound)
                pool.execute(name: "read") { self.read(on: pool) }
            }
        }

        private func join(_ part: Checksum, at start: Int) {
            sum.withLock { sum in
                guard let known = sum else { return sum = part }
                sum = known.end == start ? known.joined(with: part) : part.joined(with: known)
            }
        }
    }

    static func run() throws {
        let file = File((0..<600_000).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 7) }, pieces: 4)
        try withThreadPool(name: "reader", workers: 2) { pool in
            for _ in 1...2 { pool.execute(name: "read") { file.read(on: pool) } }
        }
        guard let sum = file.checksum, sum == file.expected else {
            throw WrongChecksum(found: file.checksum?.value ?? 0, expected: file.expected.value)
        }
        print("the checksum is \(String(sum.value, radix: 16))")
    }
}
