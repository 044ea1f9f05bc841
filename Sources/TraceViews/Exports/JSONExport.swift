public import TraceAnalysis

/// Runs as the document of `pooltrace view --format json`, whole.
public struct JSONExport: RunExport {
    /// Makes the export.
    public init() {}

    /// Writes the runs as one document.
    public func write(_ runs: [Run], to sink: @escaping ByteSink) {
        RunsJSON.view(runs, filter: TaskFilter(), to: sink)
    }
}
