/// A clock of a trace.
public struct Clock: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// What the tracer says of it.
    public let description: String
    /// Ticks a second.
    public let frequency: UInt64
    /// The error of its readings, in ticks.
    public let precision: UInt64
    /// Seconds from the epoch to the clock's zero.
    public let offsetSeconds: Int64
    /// Ticks to add to those seconds.
    public let offset: Int64
    /// Whether its zero is the epoch whatever the machine.
    public let isAbsolute: Bool
    /// Identifies the clock across traces, where the tracer gave one.
    public let uuid: String?

    /// What is assumed where a trace declares no clock.
    static let nanoseconds = Clock(
        name: "", description: "", frequency: 1_000_000_000, precision: 0, offsetSeconds: 0, offset: 0,
        isAbsolute: false,
        uuid: nil)
}
