internal import PoolModel
internal import TraceAnalysis

/// The texts of a run's failure reports, by the failure that each explains: the first of its kind.
struct ReportTexts {
    private let texts: [UInt64: String]

    init(_ run: Run) {
        texts = Dictionary(
            run.reports.map { ($0.failure.number, $0.text(run: run.reportRun)) },
            uniquingKeysWith: { first, _ in first })
    }

    subscript(failure: Failure) -> String? { texts[failure.number] }
}

extension Failure {
    /// The stack at the throw, a line a frame, innermost first: `function at file:line`; `nil` where it is unknown.
    var thrownText: String? {
        guard !frames.isEmpty else { return nil }
        return frames.map { $0.file.isEmpty ? $0.function : "\($0.function) at \($0.file):\($0.line)" }
            .joined(separator: "\n")
    }
}

extension Run {
    /// When a task failed, on the trace's clock.
    func time(of failure: Failure, task number: UInt64) -> UInt64 {
        if let position = tasks.position(of: number), let ended = tasks.entries[position].ended { return ended }
        let (time, overflow) = start.addingReportingOverflow(failure.start)
        return overflow ? end : time
    }
}
