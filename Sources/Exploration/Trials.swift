internal import CommandSystem
internal import Glibc
package import PoolModel
package import PoolSchedule
package import TraceAnalysis

/// Serial runs of one program under schedules and strategies, each with its trace, in one directory.
package struct Trials: Sendable {
    /// What one run did.
    package struct Result: Sendable {
        package let ending: Trial.Ending
        /// The runs in its trace, of the program itself and of its children.
        package let runs: [Run]
        package let symptoms: [Symptom]
        /// The path, without a suffix, of everything that it left.
        package let prefix: String

        /// The run of the program itself.
        package var run: Run? { runs.first }
        /// Whether nothing went wrong.
        package var hasPassed: Bool { symptoms.isEmpty }
        /// The failure reports, without the commands that run the program again: those are for the schedule.
        package func report(_ style: TerminalStyle) -> String {
            let reports = runs.map { run in
                var reportRun = run.reportRun
                (reportRun.command, reportRun.trace) = ("", nil)
                return FailureReport.text(of: run.reports, run: reportRun, style: style)
            }
            return reports.filter { !$0.isEmpty }.joined(separator: "\n")
        }

        /// A file with what the program printed, and the lines of it that tell most: on standard error the first ones
        /// above the reports, or the last ones where there is no report; else the last ones on standard output; `nil`
        /// if it printed nothing else.
        package var output: (file: String, lines: [String])? { errorOutput ?? lastLines(of: prefix + Trial.output) }

        private var errorOutput: (file: String, lines: [String])? {
            let file = prefix + Trial.error
            let headlines = runs.flatMap(\.reports).map { "task \($0.failure.path)" }
            guard !headlines.isEmpty else { return lastLines(of: file) }
            let text = (try? SystemFile.read(file, limit: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let lines = text.split(separator: "\n").prefix { line in
                !line.hasPrefix("pooltrace: ") && !headlines.contains { line.hasPrefix($0) }
            }
            return lines.isEmpty ? nil : (file, lines.prefix(3).map(String.init))
        }

        /// Without PoolTrace's own.
        private func lastLines(of file: String) -> (file: String, lines: [String])? {
            let lines = ScheduleFile.tail(of: file).split(separator: "\n").filter { !$0.hasPrefix("pooltrace: ") }
            return lines.isEmpty ? nil : (file, lines.suffix(5).map(String.init))
        }
    }

    package let trial: Trial
    /// Where schedules, traces and outputs go.
    package let folder: String
    /// What to do where a run leaves its schedule.
    package let divergence: DivergenceHandling

    /// How much processor time a task may take without a decision point before others continue; nil: as the program
    /// has it.
    var spinLimit: Duration?

    /// Makes runs that leave what they did in a directory.
    package init(trial: Trial, folder: String, divergence: DivergenceHandling = .resync) {
        self.trial = trial
        self.folder = folder
        self.divergence = divergence
    }

    /// Runs the program in the order of a schedule, and keeps the schedule, the trace and what was printed.
    package func follow(_ schedule: Schedule, as name: String) async throws -> Result {
        let file = "\(folder)/\(name).schedule"
        try ScheduleFile.write(schedule, to: file)
        return try await run(["POOLTRACE_REPLAY": file, "POOLTRACE_DIVERGENCE": divergence.rawValue], as: name)
    }

    /// Runs the program under a strategy, and keeps the trace and what was printed.
    package func run(_ strategy: StrategyName, seed: UInt64, as name: String) async throws -> Result {
        try await run(Self.variables(strategy, seed: seed), as: name)
    }

    /// The variables that choose a strategy.
    static func variables(_ strategy: StrategyName, seed: UInt64) -> [String: String] {
        ["POOLTRACE_MODE": "serial:\(strategy)", "POOLTRACE_SEED": String(seed)]
    }

    /// Runs the program with variables of its environment set.
    func run(_ variables: [String: String], as name: String) async throws -> Result {
        read(name, after: try await execute(variables, as: name))
    }

    /// Runs the program; its trace is not read.
    func execute(_ variables: [String: String], as name: String) async throws -> Trial.Ending {
        let prefix = "\(folder)/\(name)"
        var own = [
            "POOLTRACE_TRACE": prefix + ".trace", "POOLTRACE_LIMIT": "256M", "POOLTRACE_PACKET": "64K",
            "POOLTRACE_LTTNG": "off",
            // Swift's own backtrace of a crash takes longer than most runs.
            "SWIFT_BACKTRACE": "enable=no",
        ]
        if let spinLimit { own["POOLTRACE_SPIN"] = "\(spinLimit / .milliseconds(1))ms" }
        return try await trial.run(own.merging(variables) { $1 }, output: prefix)
    }

    /// Reads what a run that ended so left.
    func read(_ name: String, after ending: Trial.Ending) -> Result {
        let prefix = "\(folder)/\(name)"
        // No directory: it made no pool.
        let runs = (try? RunReader.read(prefix + ".trace").runs.filter { !$0.isEmpty }) ?? []
        return Result(ending: ending, runs: runs, symptoms: Symptom.all(ending, runs), prefix: prefix)
    }

    /// Removes what the run of a name left.
    func remove(_ name: String) { Self.remove("\(folder)/\(name)") }

    /// Removes what a run left.
    package static func remove(_ result: Result) { remove(result.prefix) }

    private static func remove(_ prefix: String) {
        for suffix in [".schedule", Trial.output, Trial.error] { unlink(prefix + suffix) }
        SystemDirectory.remove(prefix + ".trace")
    }
}
