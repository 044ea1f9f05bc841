/// The one way to say a time span, a size or a number in options, variables and queries.
///
/// - A time span is a decimal number and one of `ns`, `us`, `ms`, `s`, `min`, `h`, `d`: `1.5s`, `20ms`, `2min`.
/// - A size is a decimal number and one of `K`, `M`, `G`, `T` for powers of 1024, also as `k` or `KiB` and so on, or
///   `B`: `512K`, `1.5G`. (`KB` and so on are refused: some mean 1000 by them, others 1024.)
/// - A number is digits, and `k`, `M` or `G` for powers of 1000: `250`, `10k`. Underscores may group digits: `10_000`.
///
/// A space may stand before a unit. A plain number means what the option says: seconds, bytes or, where it always did,
/// days.
public enum Quantity {
    /// What was found in place of a quantity, in words that say what was expected.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        /// What was expected: "expected a time such as 1.5s, 20ms or 2min".
        public let description: String

        /// - Parameter description: What was expected.
        public init(description: String) { self.description = description }
    }

    /// The unit of a time span, with its length in nanoseconds.
    public enum TimeUnit: UInt64, Sendable {
        /// A billionth of a second.
        case nanoseconds = 1
        /// A millionth of a second.
        case microseconds = 1000
        /// A thousandth of a second.
        case milliseconds = 1_000_000
        /// A second.
        case seconds = 1_000_000_000
        /// A minute.
        case minutes = 60_000_000_000
        /// An hour.
        case hours = 3_600_000_000_000
        /// 24 hours.
        case days = 86_400_000_000_000
    }

    private static let timeUnits: [Substring: TimeUnit] = [
        "ns": .nanoseconds, "us": .microseconds, "µs": .microseconds, "ms": .milliseconds, "s": .seconds,
        "min": .minutes, "h": .hours, "d": .days,
    ]
    private static let sizeUnits: [Substring: UInt64] = [
        "": 1, "B": 1, "K": 1 << 10, "k": 1 << 10, "KiB": 1 << 10, "M": 1 << 20, "m": 1 << 20, "MiB": 1 << 20,
        "G": 1 << 30, "g": 1 << 30, "GiB": 1 << 30, "T": 1 << 40, "t": 1 << 40, "TiB": 1 << 40,
    ]
    private static let multipliers: [Substring: UInt64] = ["": 1, "k": 1000, "M": 1_000_000, "G": 1_000_000_000]

    /// A time span in nanoseconds, cut where it says less.
    ///
    /// - Parameter plain: The unit of a plain number.
    public static func nanoseconds(_ text: String, plain: TimeUnit = .seconds) throws(Problem) -> UInt64 {
        guard let value = try time(text, plain: plain) else {
            throw Problem(description: "expected a time of at most \(UInt64.max / TimeUnit.days.rawValue)d")
        }
        return value
    }

    /// A time span in nanoseconds; nil if it is too long for their number.
    private static func time(_ text: String, plain: TimeUnit) throws(Problem) -> UInt64? {
        let expected = "expected a time such as 1.5s, 20ms or 2min"
        let (number, unit) = split(text)
        guard isDecimal(number) else { throw Problem(description: expected) }
        guard let scale = unit.isEmpty ? plain : timeUnits[unit] else {
            throw Problem(description: expected + " (units: ns, us, ms, s, min, h, d)")
        }
        return scaled(number, by: scale.rawValue)
    }

    /// A time span.
    ///
    /// - Parameters:
    ///   - allowed: The time spans that make sense.
    ///   - plain: The unit of a plain number.
    public static func duration(
        _ text: String, in allowed: ClosedRange<Duration>, plain: TimeUnit = .seconds
    ) throws(Problem) -> Duration {
        let value = Duration.nanoseconds(Int64(clamping: try time(text, plain: plain) ?? .max))
        guard allowed.contains(value) else {
            throw Problem(
                description:
                    "expected a time from \(self.text(allowed.lowerBound)) to \(self.text(allowed.upperBound))")
        }
        return value
    }

    /// A size in bytes, cut where it says less.
    ///
    /// - Parameter minimum: The smallest size that makes sense.
    public static func bytes(_ text: String, minimum: UInt64 = 0) throws(Problem) -> UInt64 {
        let (number, unit) = split(text)
        let from = minimum > 0 ? "from \(Self.text(bytes: minimum)) " : ""
        let expected = "expected a size \(from)such as 512K, 16M or 1G"
        guard isDecimal(number) else { throw Problem(description: expected) }
        guard let scale = sizeUnits[unit] else {
            throw Problem(description: expected + " (units: B, K, M, G, T, powers of 1024)")
        }
        guard let value = scaled(number, by: scale) else {
            throw Problem(description: "expected a size of at most \(UInt64.max >> 40)T")
        }
        guard value >= minimum else { throw Problem(description: expected) }
        return value
    }

    /// A number.
    ///
    /// - Parameter allowed: The numbers that make sense.
    public static func number<Number: FixedWidthInteger>(
        _ text: String, in allowed: ClosedRange<Number> = 0...Number.max
    ) throws(Problem) -> Number {
        let (digits, unit) = split(text)
        if isDecimal(digits), !digits.contains("."), let scale = multipliers[unit],
            let value = scaled(digits, by: scale),
            let number = Number(exactly: value), allowed.contains(number)
        {
            return number
        }
        let bound = allowed.upperBound == .max ? "" : " to \(allowed.upperBound)"
        throw Problem(description: "expected a number from \(allowed.lowerBound)\(bound)")
    }

    /// A time span as an option says it: `20s`, `1.5s`, `200ms`, in the largest unit in which it has one decimal place
    /// at most.
    public static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let total = UInt64(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        let units: [(String, TimeUnit)] = [
            ("d", .days), ("h", .hours), ("min", .minutes), ("s", .seconds), ("ms", .milliseconds),
            ("us", .microseconds),
        ]
        for (name, unit) in units where total >= unit.rawValue && total % (unit.rawValue / 10) == 0 {
            let tenths = total / (unit.rawValue / 10)
            return tenths % 10 == 0 ? "\(tenths / 10)\(name)" : "\(tenths / 10).\(tenths % 10)\(name)"
        }
        return total == 0 ? "0s" : "\(total)ns"
    }

    /// A size as an option says it: `64K`, `16M`, in the largest unit in which it is whole.
    static func text(bytes: UInt64) -> String {
        for (name, shift) in [("T", 40), ("G", 30), ("M", 20), ("K", 10)] where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(name)"
        }
        return "\(bytes)"
    }

    // MARK: - Scanning

    /// The number, without underscores between its digits, and what follows it.
    private static func split(_ text: String) -> (number: String, unit: Substring) {
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." || $0 == "_" }
        var unit = text[number.endIndex...]
        if unit.first == " " { unit = unit.dropFirst() }
        let isGrouped = number.first != "_" && number.last != "_"
        return (isGrouped ? number.filter { $0 != "_" } : "", unit)
    }

    /// Whether digits, with at most one point before, between or behind them, are a number.
    private static func isDecimal(_ number: String) -> Bool {
        number != "" && number != "." && number.count { $0 == "." } <= 1
    }

    /// A decimal number times `scale`; nil if it is too big.
    private static func scaled(_ number: String, by scale: UInt64) -> UInt64? {
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts[0].isEmpty ? 0 : UInt64(parts[0]) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
        guard !overflow else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return product }
        // More digits than these say nothing in any unit.
        var (digits, power) = (UInt64(0), UInt64(1))
        for character in parts[1] {
            guard let digit = character.wholeNumberValue, power < 1_000_000_000_000_000 else { break }
            digits = digits * 10 + UInt64(digit)
            power *= 10
        }
        let fraction = power.dividingFullWidth(scale.multipliedFullWidth(by: digits)).quotient
        let (sum, overflows) = product.addingReportingOverflow(fraction)
        return overflows ? nil : sum
    }
}
