internal import ArgumentParser

/// A time from the start of a trace, as an option's value: `1.5s`, `20ms`, `300us`, `7ns`; a plain number is of
/// seconds.
struct TimeOffset: ExpressibleByArgument {
    var nanoseconds: Int64

    init?(argument: String) {
        let units: [(suffix: String, scale: Int64)] = [
            ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("", 1_000_000_000),
        ]
        guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }) else { return nil }
        let number = argument.dropLast(unit.suffix.count)
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, !number.isEmpty, number != ".",
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        guard let whole = first.isEmpty ? 0 : Int64(first) else { return nil }
        var (total, overflow) = whole.multipliedReportingOverflow(by: unit.scale)
        guard !overflow else { return nil }
        if parts.count == 2 {
            var scale = unit.scale
            for digit in parts[1].utf8 {
                guard digit != UInt8(ascii: ".") else { return nil }
                scale /= 10
                (total, overflow) = total.addingReportingOverflow(Int64(digit - 0x30) * scale)
                guard !overflow else { return nil }
            }
        }
        nanoseconds = total
    }
}
