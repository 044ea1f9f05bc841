import PoolRecorder

/// The place in a program's source from which it calls.
///
/// The public functions take its parts, since `#line` stands for the caller's line only as the default of a parameter
/// of its own; all that they call takes the place as one value.
@usableFromInline
struct CallSite: Sendable {
    @usableFromInline let file: StaticString
    @usableFromInline let line: UInt32
    @usableFromInline let function: StaticString

    @inlinable
    @inline(__always)
    init(_ file: StaticString, _ line: UInt32, _ function: StaticString) {
        (self.file, self.line, self.function) = (file, line, function)
    }

    /// The number that stands for it in the trace: a few nanoseconds once this thread has seen it.
    @inline(__always)
    var number: UInt32 { Recorder.intern(site: file, line: line, function: function) }
}
