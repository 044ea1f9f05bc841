internal import TraceAnalysis

/// The numbers by which an export's reader tells processes and threads apart.
///
/// They are the kernel's where the trace knows them. Where it does not, or has one twice, a number is made that no
/// kernel gives: 0, or the same number for two, would be one row to such a reader.
struct ExportNumbers {
    private var taken: Set<UInt64> = []
    /// Linux gives no number above 2^22.
    private var next: UInt64 = 5_000_000

    /// The ID of a process or thread that needs its own.
    mutating func take(_ wanted: UInt64?) -> UInt64 {
        if let wanted, wanted > 0, wanted < 1 << 31, taken.insert(wanted).inserted { return wanted }
        next += 1
        return next
    }
}
