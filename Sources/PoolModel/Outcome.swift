/// How a task ended.
public enum Outcome: UInt8, Sendable, CaseIterable {
    // The numbers are those of `pooltrace_outcome` in the table of events; a test holds the two together.

    /// Its body returned.
    case succeeded = 1
    /// Its body threw, or its worker died.
    case failed = 2
    /// It never started.
    case cancelled = 3
}
