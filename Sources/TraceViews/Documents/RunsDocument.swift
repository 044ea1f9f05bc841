package import PoolModel
package import TraceAnalysis

/// Runs at a glance: what `pooltrace view` shows.
package struct RunsDocument: Document {
    private let runs: [Run]
    private let filter: TaskFilter
    private let frames: FrameDetail

    /// Makes a document of the tasks that the filter lets pass.
    package init(_ runs: [Run], filter: TaskFilter = TaskFilter(), frames: FrameDetail = .folded) {
        self.runs = runs
        self.filter = filter
        self.frames = frames
    }

    /// Writes a view of each run.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        for (position, run) in runs.enumerated() {
            if position > 0 { "\n".write(to: sink) }
            RunView(run, filter: filter, frames: frames, screen: screen).text.write(to: sink)
        }
    }

    /// Writes the document `pooltrace.view`.
    package func writeJSON(to sink: @escaping ByteSink) { RunsJSON.view(runs, filter: filter, to: sink) }
}
