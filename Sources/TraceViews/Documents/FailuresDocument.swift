package import PoolModel
package import TraceAnalysis

/// Why tasks failed: what `pooltrace failures` shows.
package struct FailuresDocument: Document {
    private let runs: [Run]
    private let isOfAll: Bool
    private let frames: FrameDetail

    /// Makes a document of the failures of runs.
    ///
    /// - Parameter isOfAll: Whether each failed task has a report, and not only each way to fail.
    package init(_ runs: [Run], isOfAll: Bool = false, frames: FrameDetail = .folded) {
        self.runs = runs
        self.isOfAll = isOfAll
        self.frames = frames
    }

    /// Writes the reports: with folded frames byte for byte as the process printed them.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        let texts = runs.map { view($0).text(style: screen.style) }.filter { !$0.isEmpty }
        texts.joined(separator: "\n").write(to: sink)
    }

    /// Writes the document `pooltrace.failures`.
    package func writeJSON(to sink: @escaping ByteSink) { RunsJSON.failures(runs, view, to: sink) }

    private func view(_ run: Run) -> FailuresView {
        isOfAll ? FailuresView(allOf: run, frames: frames) : FailuresView(run, frames: frames)
    }
}
