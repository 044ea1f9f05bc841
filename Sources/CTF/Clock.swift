/// A clock of a trace.
public struct Clock: Sendable, Hashable {
    /// What the clock's zero is counted from: clocks of one origin can be compared.
    public enum Origin: Sendable, Hashable {
        /// Not known: comparable with clocks of the same identity only.
        case unknown
        /// 1970-01-01 00:00:00 UTC.
        case unixEpoch
        /// One that the tracer gave a name.
        case named(namespace: String?, name: String, uid: String)
    }

    /// What the metadata calls it: in CTF 1.8 its name.
    public let id: String
    /// Its name.
    public let name: String
    /// Where its name and unique ID count; nil where that is not said.
    public let namespace: String?
    /// Identifies the clock across traces, where the tracer gave one: in CTF 1.8 a UUID.
    public let uid: String?
    /// What the tracer says of it.
    public let description: String
    /// Ticks a second.
    public let frequency: UInt64
    /// The random error of its readings, in ticks; nil if unknown.
    public let precision: UInt64?
    /// The systematic error of its readings, in ticks; nil if unknown.
    public let accuracy: UInt64?
    /// What its zero is counted from.
    public let origin: Origin
    /// Seconds from the origin to the clock's zero.
    public let offsetSeconds: Int64
    /// Ticks to add to those seconds.
    public let offset: Int64

    init(
        id: String, name: String? = nil, namespace: String? = nil, uid: String? = nil, description: String = "",
        frequency: UInt64 = 1_000_000_000, precision: UInt64? = nil, accuracy: UInt64? = nil, origin: Origin = .unknown,
        offsetSeconds: Int64 = 0, offset: Int64 = 0
    ) {
        self.id = id
        self.name = name ?? id
        self.namespace = namespace
        self.uid = uid
        self.description = description
        self.frequency = frequency
        self.precision = precision
        self.accuracy = accuracy
        self.origin = origin
        self.offsetSeconds = offsetSeconds
        self.offset = offset
    }

    /// What is assumed where a trace declares no clock.
    static let nanoseconds = Clock(id: "")
}
