public import TraceAnalysis

/// Writes runs in a format of other programs.
///
/// Whatever the format, each holds every task that the trace shows (maps through their elements), every wait, failure,
/// mark, worker and pool of the run once: the formats agree on every count.
public protocol RunExport: Sendable {
    /// Writes the runs as one document.
    func write(_ runs: [Run], to sink: @escaping ByteSink)
}
