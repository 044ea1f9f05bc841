/// Converts a clock's ticks to nanoseconds since the clock's origin, rounded down once, with two or three
/// multiplications and no division.
///
/// The offset is cut into whole seconds and a rest of less than one, which is added to the ticks. Then
/// ticks * 1e9 / frequency = ticks * whole + ticks * rest / frequency, where 1e9 = whole * frequency + rest. The second
/// term's quotient is estimated with a reciprocal of 64 bits, which is at most one too small, and put right by its
/// remainder.
struct ClockConversion {
    private let whole: UInt64
    private let rest: UInt64
    private let reciprocal: UInt64
    private let frequency: UInt64
    /// What is added to ticks: the offset's ticks beyond whole seconds; 0 where a tick is whole nanoseconds.
    private let phase: UInt64
    /// Nanoseconds from the origin to the clock's zero, without the phase.
    private let base: Int64

    init(_ clock: Clock) {
        frequency = max(clock.frequency, 1)
        (whole, rest) = UInt64(1_000_000_000).quotientAndRemainder(dividingBy: frequency)
        // rest < frequency, so the quotient fits.
        reciprocal = frequency.dividingFullWidth((rest, 0)).quotient
        var (seconds, ticks) = clock.offset.magnitude.quotientAndRemainder(dividingBy: frequency)
        if clock.offset < 0 {
            seconds = 0 &- seconds
            if ticks > 0 { (seconds, ticks) = (seconds &- 1, frequency - ticks) }
        }
        let wholeSeconds = (clock.offsetSeconds &+ Int64(truncatingIfNeeded: seconds)) &* 1_000_000_000
        phase = rest == 0 ? 0 : ticks
        base = wholeSeconds &+ Int64(bitPattern: rest == 0 ? ticks &* whole : 0)
    }

    /// Times beyond what 64 bits of nanoseconds hold (the years 1677 to 2262) wrap.
    @inline(__always)
    func nanoseconds(_ ticks: UInt64) -> Int64 {
        guard rest != 0 else { return base &+ Int64(bitPattern: ticks &* whole) }
        let (total, isBeyond) = ticks.addingReportingOverflow(phase)
        // The phase is less than a second: without one second there is no overflow.
        let sum = isBeyond ? total &- frequency : total
        var quotient = sum.multipliedFullWidth(by: reciprocal).high
        let remainder = sum &* rest &- quotient &* frequency
        // At most one too small; the remainder is then between one and two frequencies, or has wrapped beyond 64 bits
        // when the frequency is above 2^63, which no clock's is.
        if remainder >= frequency { quotient &+= 1 }
        return base &+ Int64(bitPattern: sum &* whole &+ quotient) &+ (isBeyond ? 1_000_000_000 : 0)
    }
}
