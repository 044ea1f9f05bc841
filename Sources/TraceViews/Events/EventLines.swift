package import CTF

/// The events of traces, one a line, in order of time.
package struct EventLines {
    private let format: EventFormat

    /// Makes lines of text, or of JSON.
    ///
    /// - Parameter times: Whether what differs between two identical runs is part of them.
    package init(_ set: TraceSet, json isJSON: Bool, times: Bool) {
        format = EventFormat(set, json: isJSON, times: times)
    }

    /// Hands over all lines of some streams, in large parts; on all processors.
    ///
    /// - Parameter cursors: Used by nobody else until it has returned.
    package func write(_ cursors: [StreamCursor], to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try OrderedLines(cursors, format: format).write(threads: Threads.spare, to: sink)
    }

    /// Hands over the lines of all events that a cursor comes to, in large parts.
    package func write(_ cursor: EventCursor, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        var writer = EventWriter(format, capacity: 1 << 16)
        while cursor.next() {
            writer.write(cursor.event)
            guard writer.output.count >= 1 << 15 else { continue }
            try sink(writer.output.bytes)
            writer.output.removeAll()
        }
        try sink(writer.output.bytes)
    }
}
