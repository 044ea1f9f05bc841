internal import ArgumentParser
internal import TraceViews

/// How a command writes what it found: the values of `--format`.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    /// Writes what a command shows to standard output.
    func write(_ document: some Document) {
        switch self {
        case .text: document.writeText(on: .standardOutput, to: StandardOutput.writeOrEnd)
        case .json: document.writeJSON(to: StandardOutput.writeOrEnd)
        }
    }
}
