/// What a row must reach, beside another row or alone.
struct Target: Sendable {
    /// The row that it is compared with; nil: the target is absolute.
    let peer: String?
    /// At most `factor` times the peer's figure and `more` nanoseconds.
    let factor: Double
    let more: Double
    /// As the table says it.
    let text: String

    /// A comparison with a peer without anything to reach.
    static func beside(_ peer: String) -> Target {
        Target(peer: peer, factor: .infinity, more: 0, text: "")
    }

    /// At most `factor` times what the peer takes, and `more` nanoseconds.
    static func atMost(_ factor: Double, of peer: String, plus more: Double = 0) -> Target {
        let isShort = abs((factor * 100).rounded() - factor * 100) < 1e-9
        let times = factor == 1 ? "" : isShort ? "\(factor) x " : "1/\(whole: 1 / factor) x "
        let sum = more == 0 ? "" : " + \(whole: more) ns"
        return Target(peer: peer, factor: factor, more: more, text: "<= \(times)\(peer)\(sum)")
    }

    /// At least `times` as fast as a peer.
    static func faster(_ times: Double, than peer: String) -> Target {
        Target(peer: peer, factor: 1 / times, more: 0, text: "\(whole: times) x faster than \(peer)")
    }

    /// At most this many nanoseconds.
    static func atMost(nanoseconds: Double) -> Target {
        Target(peer: nil, factor: 0, more: nanoseconds, text: "<= \(whole: nanoseconds) ns")
    }

    /// At most this many bytes.
    static func atMost(bytes: Double) -> Target {
        Target(peer: nil, factor: 0, more: bytes, text: "<= \(whole: bytes) bytes")
    }

    /// At most so much memory.
    static func atMost(mebibytes: Double) -> Target {
        Target(peer: nil, factor: 0, more: mebibytes, text: "<= \(whole: mebibytes) MiB")
    }

    /// At most this many milliseconds.
    static func atMost(milliseconds: Double) -> Target {
        Target(peer: nil, factor: 0, more: milliseconds * 1e6, text: "<= \(whole: milliseconds) ms")
    }

    /// At most this many seconds.
    static func atMost(seconds: Double) -> Target {
        Target(peer: nil, factor: 0, more: seconds * 1e9, text: "<= \(seconds) s")
    }

    /// Whether the target says anything at all.
    var isSet: Bool { factor.isFinite }

    func isReached(_ value: Double, peer: Double) -> Bool { value <= factor * peer + more }
}

extension DefaultStringInterpolation {
    /// A number without decimals.
    mutating func appendInterpolation(whole number: Double) { appendInterpolation(Int(number.rounded())) }
}
