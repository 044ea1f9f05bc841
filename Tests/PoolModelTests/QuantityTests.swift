import PoolModel
import Testing

@Suite("Quantities")
struct QuantityTests {
    @Test(
        "A time span has a unit, and a plain number is of seconds",
        arguments: [
            ("1.5s", 1_500_000_000), ("20ms", 20_000_000), ("300us", 300_000), ("7ns", 7), ("2", 2_000_000_000),
            ("0.25", 250_000_000), (".5s", 500_000_000), ("5.", 5_000_000_000), ("60 s", 60_000_000_000),
            ("2min", 120_000_000_000), ("1.5h", 5_400_000_000_000), ("30d", 2_592_000_000_000_000), ("0", 0),
            ("1.0000000019s", 1_000_000_001), ("0.00000000000000000001s", 0), ("1_000ms", 1_000_000_000),
        ] as [(String, UInt64)])
    func timeSpans(text: String, nanoseconds: UInt64) throws {
        #expect(try Quantity.nanoseconds(text) == nanoseconds)
    }

    @Test("A plain number may be of another unit")
    func plainDays() throws {
        #expect(try Quantity.nanoseconds("30", plain: .days) == 30 * 86_400_000_000_000)
        #expect(try Quantity.nanoseconds("12h", plain: .days) == 12 * 3_600_000_000_000)
    }

    private static let timeSpan = "expected a time such as 1.5s, 20ms or 2min"

    @Test(
        "What is no time span is refused",
        arguments: ["", " ", "s", ".", "1.2.3s", "1..s", "-1s", "+1s", "_1s", "1_s"])
    func noTimeSpans(text: String) {
        #expect(throws: Quantity.Problem(description: Self.timeSpan)) { try Quantity.nanoseconds(text) }
    }

    @Test(
        "A time span in another unit is refused with those that there are",
        arguments: ["1e3", "5m", "5 parsecs", "1  s", "1S", "1.5sec"])
    func noTimeUnits(text: String) {
        let units = " (units: ns, us, ms, s, min, h, d)"
        #expect(throws: Quantity.Problem(description: Self.timeSpan + units)) { try Quantity.nanoseconds(text) }
    }

    @Test("A time span that is too long is told with the longest")
    func longTimeSpans() throws {
        #expect(try Quantity.nanoseconds("213503d") == 213_503 * 86_400_000_000_000)
        for text in ["300000000000d", "213504d", "99999999999999999999"] {
            #expect(throws: Quantity.Problem(description: "expected a time of at most 213503d")) {
                try Quantity.nanoseconds(text)
            }
        }
    }

    @Test("A time span out of bounds is told with the bounds")
    func boundedTimeSpans() throws {
        #expect(try Quantity.duration("0.1", in: .milliseconds(100) ... .seconds(60)) == .milliseconds(100))
        #expect(throws: Quantity.Problem(description: "expected a time from 100ms to 1min")) {
            try Quantity.duration("61s", in: .milliseconds(100) ... .seconds(60))
        }
        #expect(throws: Quantity.Problem(description: "expected a time from 100ms to 1min")) {
            try Quantity.duration("99999999999999999999999d", in: .milliseconds(100) ... .seconds(60))
        }
    }

    @Test(
        "A size is in powers of 1024",
        arguments: [
            ("512K", 512 << 10), ("16M", 16 << 20), ("1G", 1 << 30), ("2T", 2 << 40), ("1.25K", 1280),
            ("64 KiB", 64 << 10), ("512k", 512 << 10), ("16m", 16 << 20), ("1g", 1 << 30), ("2t", 2 << 40),
            ("100", 100), ("7B", 7), ("1.5GiB", 3 << 29), ("65_536", 65_536),
        ] as [(String, UInt64)])
    func sizes(text: String, bytes: UInt64) throws {
        #expect(try Quantity.bytes(text) == bytes)
    }

    @Test("What is no size is refused, and one that is too small or too big")
    func noSizes() {
        let expected = "expected a size such as 512K, 16M or 1G"
        for text in ["", "K", "-1K", ".", "1.2.3K"] {
            #expect(throws: Quantity.Problem(description: expected)) { try Quantity.bytes(text) }
        }
        for text in ["1KB", "1MB", "1kib", "1b", "1e3", "1 K B"] {
            let units = " (units: B, K, M, G, T, powers of 1024)"
            #expect(throws: Quantity.Problem(description: expected + units)) { try Quantity.bytes(text) }
        }
        for text in ["99999999T", "16777216T", "99999999999999999999"] {
            #expect(throws: Quantity.Problem(description: "expected a size of at most 16777215T")) {
                try Quantity.bytes(text)
            }
        }
        #expect(throws: Quantity.Problem(description: "expected a size from 64K such as 512K, 16M or 1G")) {
            try Quantity.bytes("63K", minimum: 64 << 10)
        }
    }

    @Test("A number may have a multiplier and grouped digits, and has bounds")
    func numbers() throws {
        #expect(try Quantity.number("250") == 250)
        #expect(try Quantity.number("10k") == 10_000)
        #expect(try Quantity.number("2M") == 2_000_000)
        #expect(try Quantity.number("10_000") == 10_000)
        #expect(try Quantity.number("18446744073709551615") == UInt64.max)
        for text in ["", "0", "1.5k", "4097", "-1", "ten", ".", "1..2", "1K", "18446744073709551616"] {
            #expect(throws: Quantity.Problem(description: "expected a number from 1 to 4096")) {
                try Quantity.number(text, in: 1...4096)
            }
        }
    }

    @Test("A time span is said in its largest unit, and read back the same")
    func texts() throws {
        for (duration, text) in [
            (.seconds(20), "20s"), (.milliseconds(1500), "1.5s"), (.milliseconds(200), "200ms"),
            (.seconds(90), "1.5min"),
            (.zero, "0s"), (.nanoseconds(1234), "1234ns"), (.seconds(86_400 * 30), "30d"), (.microseconds(10), "10us"),
        ] as [(Duration, String)] {
            #expect(Quantity.text(duration) == text)
            #expect(try Quantity.duration(text, in: .zero ... .seconds(1 << 30)) == duration)
        }
    }
}
