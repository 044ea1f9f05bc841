internal import ArgumentParser
internal import TraceViews

/// How a command writes a table: the values of `--format`.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case csv
    case json

    /// Writes what a command shows to standard output.
    func write(_ document: some TableDocument) {
        switch self {
        case .text: OutputFormat.text.write(document)
        case .csv: document.writeCSV(to: StandardOutput.writeOrEnd)
        case .json: OutputFormat.json.write(document)
        }
    }
}
