import CEventTable

/// Buffers of a session, and the events that go to them.
///
/// What explains all else (definitions, failures) has a channel of its own, so that a flood of ordinary events never
/// makes LTTng discard it.
struct Channel {
    let name: String
    let patterns: [String]
    let excluded: [String]
    /// The size of one buffer in bytes; each processor has `bufferCount` of them.
    let bufferSize: UInt64
    let bufferCount: UInt64

    static let kept = Channel(
        name: "kept", patterns: keptEvents.map { "pooltrace:\($0)" }, excluded: [], bufferSize: 256 << 10,
        bufferCount: 4)

    /// Also takes the events of a program that knows more of them than this table.
    static let ordinary = Channel(
        name: "ordinary", patterns: ["pooltrace:*"], excluded: keptEvents.map { "pooltrace:\($0)" },
        bufferSize: 1 << 20, bufferCount: 4)

    private static var keptEvents: [String] {
        UnsafeBufferPointer(start: pooltrace_event_descriptions(), count: Int(POOLTRACE_EVENT_COUNT.rawValue))
            .filter { $0.kind != POOLTRACE_ORDINARY }.map { String(cString: $0.name) }
    }
}
