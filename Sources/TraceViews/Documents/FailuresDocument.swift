package import PoolModel
package import TraceAnalysis

/// Why tasks failed: what `pooltrace failures` shows.
package struct FailuresDocument: Document {
    private let runs: [Run]
    private let frames: FrameDetail

    /// Makes a document of all failures of runs.
    package init(_ runs: [Run], frames: FrameDetail = .folded) {
        self.runs = runs
        self.frames = frames
    }

    /// Writes the reports: with folded frames byte for byte as the process printed them.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        let texts = runs.map { FailuresView($0, frames: frames).text(style: screen.style) }.filter { !$0.isEmpty }
        texts.joined(separator: "\n").write(to: sink)
    }

    /// Writes the document `pooltrace.failures`.
    package func writeJSON(to sink: @escaping ByteSink) { RunsJSON.failures(runs, to: sink) }
}
