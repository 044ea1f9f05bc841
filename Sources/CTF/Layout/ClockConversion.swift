/// Converts a clock's ticks to nanoseconds since the epoch, exactly, with two or three multiplications and no division.
///
/// ticks * 1e9 / frequency = ticks * whole + ticks * rest / frequency, where 1e9 = whole * frequency + rest. The second
/// term's quotient is estimated with a reciprocal of 64 bits, which is at most one too small, and put right by its
/// remainder.
struct ClockConversion {
    private let whole: UInt64
    private let rest: UInt64
    private let reciprocal: UInt64
    private let frequency: UInt64
    /// Nanoseconds from the epoch to the clock's zero.
    private let base: Int64

    init(_ clock: Clock) {
        frequency = max(clock.frequency, 1)
        (whole, rest) = UInt64(1_000_000_000).quotientAndRemainder(dividingBy: frequency)
        // rest < frequency, so the quotient fits.
        reciprocal = frequency.dividingFullWidth((rest, 0)).quotient
        let ticks = ClockConversion(whole: whole, rest: rest, reciprocal: reciprocal, frequency: frequency)
        let offset =
            clock.offset < 0
            ? 0 &- ticks.nanoseconds(clock.offset.magnitude) : ticks.nanoseconds(clock.offset.magnitude)
        base = clock.offsetSeconds &* 1_000_000_000 &+ offset
    }

    private init(whole: UInt64, rest: UInt64, reciprocal: UInt64, frequency: UInt64) {
        (self.whole, self.rest, self.reciprocal, self.frequency, base) = (whole, rest, reciprocal, frequency, 0)
    }

    /// Times beyond what 64 bits of nanoseconds hold (the years 1677 to 2262) wrap.
    @inline(__always)
    func nanoseconds(_ ticks: UInt64) -> Int64 {
        var result = ticks &* whole
        if rest != 0 {
            var quotient = ticks.multipliedFullWidth(by: reciprocal).high
            let remainder = ticks &* rest &- quotient &* frequency
            // At most one too small; the remainder is then between one and two frequencies, or has wrapped beyond 64
            // bits when the frequency is above 2^63, which no clock's is.
            if remainder >= frequency { quotient &+= 1 }
            result = result &+ quotient
        }
        return base &+ Int64(bitPattern: result)
    }
}
