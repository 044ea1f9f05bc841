import PoolModel
import Testing

@Suite("DurationText") struct DurationTextTests {
    @Test(
        arguments: [
            (0, "0 ns"), (1, "1 ns"), (999, "999 ns"), (1000, "1.00 us"), (1004, "1.00 us"), (1005, "1.01 us"),
            (9994, "9.99 us"), (9995, "10.0 us"), (83_000, "83.0 us"), (99_949, "99.9 us"), (99_950, "100 us"),
            (999_499, "999 us"), (999_500, "1.00 ms"), (1_200_000, "1.20 ms"), (12_345_678, "12.3 ms"),
            (999_499_999, "999 ms"), (999_500_000, "1.00 s"), (1_000_000_000, "1.00 s"), (12_340_000_000, "12.3 s"),
            (59_949_999_999, "59.9 s"), (59_950_000_000, "1 min 0 s"), (60_000_000_000, "1 min 0 s"),
            (119_499_999_999, "1 min 59 s"), (119_500_000_000, "2 min 0 s"), (3_599_499_999_999, "59 min 59 s"),
            (3_599_500_000_000, "1 h 0 min"), (7_530_000_000_000, "2 h 6 min"), (35_969_000_000_000, "9 h 59 min"),
            (35_971_000_000_000, "10.0 h"),
            (359_789_000_000_000, "99.9 h"), (359_790_000_000_000, "100 h"), (UInt64.max, "5124096 h"),
        ] as [(UInt64, String)])
    func `A duration has three digits, or two units`(nanoseconds: UInt64, text: String) {
        #expect(DurationText.text(nanoseconds: nanoseconds) == text, "\(nanoseconds)")
    }
}
