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
