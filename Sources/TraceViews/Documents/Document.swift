/// What a command shows, in each form that its option `--format` offers: text for people, JSON for programs.
package protocol Document {
    /// Writes it as text, every part of which is escaped for terminals.
    func writeText(on screen: Screen, to sink: @escaping ByteSink)

    /// Writes it as one JSON document, which names its schema and version.
    func writeJSON(to sink: @escaping ByteSink)
}

/// A document that is a table, too.
package protocol TableDocument: Document {
    /// Writes it as comma-separated values.
    func writeCSV(to sink: @escaping ByteSink)
}

extension String {
    /// Hands the text over.
    package func write(to sink: ByteSink) {
        var text = self
        text.withUTF8 { sink(UnsafeRawBufferPointer($0)) }
    }
}
