public import PoolModel
public import TraceAnalysis

/// A run as text: summary, timeline, times, failure reports, and what to type next.
public struct RunView {
    private let run: Run
    private let filter: TaskFilter
    private let frames: FrameDetail
    private let screen: Screen

    /// Makes a view of the tasks that the filter lets pass.
    public init(_ run: Run, filter: TaskFilter = TaskFilter(), frames: FrameDetail = .folded, screen: Screen) {
        self.run = run
        self.filter = filter
        self.frames = frames
        self.screen = screen
    }

    /// The text, which ends with a newline, and every part of which is escaped.
    public var text: String {
        let bound = filter.bound(to: run)
        let summary = SummaryView(run: run, filter: bound, isFiltered: !filter.isOpen, screen: screen)
        var sections = [Self.text(summary.lines, screen)]
        sections.append(Self.text(TimelineView(run: run, filter: bound, screen: screen).lines, screen))
        sections.append(Self.text(TimesView(times: TaskTimes.of(run, filter: bound), screen: screen).lines, screen))
        sections.append(FailuresView(run, filter: filter, frames: frames).text(style: screen.style))
        sections.append(Self.text(NextView(run: run, screen: screen).lines, screen))
        return sections.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func text(_ lines: [StyledText], _ screen: Screen) -> String {
        lines.map { $0.rendered(screen.style) + "\n" }.joined()
    }
}
