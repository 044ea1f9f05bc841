internal import PoolModel

/// What there is to say of what a full-screen view looks at: how far it is read, or how live it is.
public struct ViewedSource: Sendable {
    /// What is looked at, as the user named it.
    public var name: String
    /// How many events were read so far, while the trace is being read.
    public var eventsRead: Int?
    /// Whether it is a process that runs.
    public var isLive = false
    /// Events a second, of a live process.
    public var rate: Int?
    /// What else there is to say: damage, an end, events that no look took in.
    public var note = ""

    /// Makes a source of which nothing is known yet.
    public init(name: String) { self.name = name }

    var isReading: Bool { eventsRead != nil }

    var stateText: String {
        if let eventsRead { return "reading, \(eventsRead) events so far" }
        guard isLive else { return "" }
        return rate.map { "live, \($0) events/s" } ?? "live"
    }
}
