/// Durations for people: three significant digits and a unit, `83.0 us`, `1.20 ms`, `12.3 s`.
///
/// From a minute on two units: `3 min 12 s`, `2 h 5 min`; from ten hours on one: `36.7 h`, `120 h`.
public enum DurationText {
    private static let minute: UInt64 = 60_000_000_000

    /// The text of a duration given in nanoseconds.
    public static func text(nanoseconds: UInt64) -> String {
        if nanoseconds < 1000 { return "\(nanoseconds) ns" }
        if nanoseconds >= minute { return minutes(nanoseconds) }
        // The first form whose rounded digits are three: 9.999 us is 10.0 us, and 999.7 us is 1.00 ms.
        for (unit, size) in [("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000)] as [(String, UInt64)] {
            for (digits, power) in [(2, 100), (1, 10), (0, 1)] as [(Int, UInt64)] {
                let step = size / power
                let scaled = (nanoseconds + step / 2) / step
                guard scaled < 1000, scaled * step < minute else { continue }
                guard digits > 0 else { return "\(scaled) \(unit)" }
                let fraction = String(scaled % power)
                let zeros = String(repeating: "0", count: digits - fraction.count)
                return "\(scaled / power).\(zeros)\(fraction) \(unit)"
            }
        }
        return minutes(nanoseconds)
    }

    private static func minutes(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 >= 500_000_000 ? 1 : 0)
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        let minutes = seconds / 60 + (seconds % 60 >= 30 ? 1 : 0)
        if minutes < 600 { return "\(minutes / 60) h \(minutes % 60) min" }
        let tenths = (minutes + 3) / 6
        return tenths < 1000 ? "\(tenths / 10).\(tenths % 10) h" : "\((minutes + 30) / 60) h"
    }
}
