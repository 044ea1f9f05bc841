import PoolRecorder

/// A task's name: what reports, views and percentiles call it.
///
/// Tasks that do the same work share a name.
///
/// A literal costs a few nanoseconds each time; `TaskName("...")` from a string that is made at run time takes a lock,
/// and at most some ten thousand different ones are kept.
public struct TaskName: Sendable, Hashable, ExpressibleByStringLiteral {
    let id: UInt32

    /// The name given by a literal.
    public init(stringLiteral text: StaticString) {
        id = Recorder.intern(name: text)
    }

    /// A name that is made at run time.
    public init(_ text: String) {
        id = Recorder.intern(name: text)
    }
}
