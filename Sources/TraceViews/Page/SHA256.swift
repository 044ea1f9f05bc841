/// SHA-256 (FIPS 180-4), for the content security policy of the page: it names its own style and script by their
/// hashes.
struct SHA256 {
    private static let constants: [UInt32] = fractions(of: primes(64), root: cubeRoot)
    private static let start: [UInt32] = fractions(of: primes(8)) { $0.squareRoot() }

    /// The hash of some bytes, 32 bytes.
    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var message = bytes
        message.append(0x80)
        message += Array(repeating: 0, count: (120 - message.count % 64) % 64)
        let length = UInt64(bytes.count) &* 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            message.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        var state = start
        for block in stride(from: 0, to: message.count, by: 64) { compress(message[block..<block + 64], into: &state) }
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var words: [UInt32] = stride(from: block.startIndex, to: block.endIndex, by: 4).map { place in
            block[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }
        for place in 16..<64 {
            let (two, fifteen) = (words[place - 2], words[place - 15])
            let low = turned(fifteen, 7) ^ turned(fifteen, 18) ^ fifteen >> 3
            let high = turned(two, 17) ^ turned(two, 19) ^ two >> 10
            words.append(words[place - 16] &+ low &+ words[place - 7] &+ high)
        }
        var (a, b, c, d, e, f, g, h) = (
            state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
        )
        for place in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let first =
                h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ choice &+ constants[place] &+ words[place]
            let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (place, word) in [a, b, c, d, e, f, g, h].enumerated() { state[place] &+= word }
    }
}

// MARK: - Constants

extension SHA256 {
    private static func primes(_ count: Int) -> [UInt32] {
        Array((2...311).filter { number in (2..<number).allSatisfy { number % $0 != 0 } }.prefix(count))
    }

    /// The first 32 bits behind the point of the roots; a Double holds more than those.
    private static func fractions(of numbers: [UInt32], root: (Double) -> Double) -> [UInt32] {
        numbers.map { number in
            let root = root(Double(number))
            return UInt32((root - root.rounded(.down)) * 4_294_967_296)
        }
    }

    /// By Newton's method, from above.
    private static func cubeRoot(_ number: Double) -> Double {
        var root = number
        for _ in 0..<100 { root -= (root * root * root - number) / (3 * root * root) }
        return root
    }
}
