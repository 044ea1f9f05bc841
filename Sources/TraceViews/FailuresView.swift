public import PoolModel
public import TraceAnalysis

/// The failure reports of a run, as the process prints them.
public struct FailuresView {
    private let run: Run
    /// One for each way in which tasks failed, or one for each of them.
    public let reports: [FailureReport]

    private let frames: FrameDetail

    /// Makes the reports of the tasks that the filter lets pass.
    public init(_ run: Run, filter: TaskFilter = TaskFilter(), frames: FrameDetail = .folded) {
        self.run = run
        self.frames = frames
        guard !filter.isOpen else {
            reports = run.reports
            return
        }
        let bound = filter.bound(to: run)
        let shown = zip(run.failures, run.failureTasks).filter { bound.matches($0, task: $1) }.map(\.0)
        reports = run.reports(of: shown)
    }

    /// Makes a report of each failed task.
    public init(allOf run: Run, frames: FrameDetail = .folded) {
        self.run = run
        self.frames = frames
        reports = run.allReports
    }

    /// The reports, separated by a blank line; empty without failures.
    public func text(style: TerminalStyle) -> String {
        FailureReport.text(of: reports, run: run.reportRun, style: style, frames: frames)
    }
}
