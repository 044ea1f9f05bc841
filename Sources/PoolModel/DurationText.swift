/// Durations for people: three significant digits and a unit, `83.0 us`, `1.20 ms`, `12.3 s`.
public enum DurationText {
    /// The text of a duration given in nanoseconds.
    public static func text(nanoseconds: UInt64) -> String {
        if nanoseconds < 1000 { return "\(nanoseconds) ns" }
        if nanoseconds >= 60_000_000_000 { return minutes(nanoseconds / 1_000_000_000) }
        var (divisor, unit): (UInt64, String) =
            if nanoseconds < 1_000_000 { (1000, "us") } else if nanoseconds < 1_000_000_000 { (1_000_000, "ms") } else {
                (1_000_000_000, "s")
            }
        var digits = decimals(nanoseconds, divisor)
        var scaled = rounded(nanoseconds, divisor, digits)
        if scaled >= 1000 * power(digits), unit != "s" {
            // 999.7 us rounds to 1000: it is 1.00 ms.
            (divisor, unit) = unit == "us" ? (1_000_000, "ms") : (1_000_000_000, "s")
            digits = 2
            scaled = rounded(nanoseconds, divisor, digits)
        }
        guard digits > 0 else { return "\(scaled) \(unit)" }
        let fraction = String(scaled % power(digits))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(scaled / power(digits)).\(zeros)\(fraction) \(unit)"
    }

    private static func minutes(_ seconds: UInt64) -> String {
        seconds < 3600
            ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }

    private static func decimals(_ value: UInt64, _ divisor: UInt64) -> Int {
        value < 10 * divisor ? 2 : value < 100 * divisor ? 1 : 0
    }

    private static func rounded(_ value: UInt64, _ divisor: UInt64, _ digits: Int) -> UInt64 {
        let step = divisor / power(digits)
        return (value + step / 2) / step
    }

    private static func power(_ digits: Int) -> UInt64 { [1, 10, 100][digits] }
}
