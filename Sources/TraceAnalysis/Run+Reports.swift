public import PoolModel

// MARK: - Reports

extension Run {
    /// A report that the process printed.
    public struct Printed: Sendable, Equatable {
        /// The number of the failure that it explains.
        public let number: UInt64
        /// How many others had failed the same way by then.
        public let same: UInt64
    }

    /// The failure reports: those that the process printed, in that order and as they were, then one for each way in
    /// which other tasks failed, whose failures the program took itself or did not live to report.
    public var reports: [FailureReport] { reports(of: failures) }

    /// A report for each failure, in the order of their numbers.
    public var allReports: [FailureReport] {
        Dictionary(grouping: failures, by: \.signature).values
            .flatMap { group in group.map { Self.report(on: $0, among: group) } }
            .sorted { $0.failure.number < $1.failure.number }
    }

    /// The report on a failure, which counts those that failed the same way.
    public func report(on failure: Failure) -> FailureReport {
        Self.report(on: failure, among: failures.filter { $0.signature == failure.signature })
    }

    private static func report(on failure: Failure, among group: [Failure]) -> FailureReport {
        let others = max(UInt64(group.count - 1), group.map(\.sameBefore).max() ?? 0)
        let paths = group.lazy.filter { $0.number != failure.number }.map(\.path)
        return FailureReport(
            failure: failure, others: others, otherPaths: Array(paths.prefix(FailureReport.namedOthers)))
    }

    /// The reports that explain some of the run's failures.
    public func reports(of shown: [Failure]) -> [FailureReport] {
        let groups = Dictionary(grouping: failures, by: \.signature)
        let byNumber = Dictionary(shown.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var told: Set<Failure.Signature> = []
        var reports: [FailureReport] = []
        for printed in printed {
            guard let failure = byNumber[printed.number] else { continue }
            told.insert(failure.signature)
            // Those that the process knew of then; it keeps as many paths as a report names and one more, its own being
            // among them.
            let known = (groups[failure.signature] ?? []).prefix(
                Int(clamping: printed.same.addingReportingOverflow(1).partialValue))
            let paths = known.prefix(FailureReport.namedOthers + 1).map(\.path).filter { $0 != failure.path }
            reports.append(
                FailureReport(
                    failure: failure, others: printed.same, otherPaths: Array(paths.prefix(FailureReport.namedOthers))))
        }
        return reports + FailureReport.reports(for: shown.filter { !told.contains($0.signature) })
    }
}
