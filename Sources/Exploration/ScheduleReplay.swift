internal import PoolModel
package import PoolSchedule
package import TraceAnalysis

/// Runs a program once in the order of a schedule: in the foreground, in a debugger if one is asked for.
package struct ScheduleReplay {
    private let command: [String]
    private let pinning: Pinning
    private let divergence: DivergenceHandling
    private let debugger: Debugger?

    /// Makes runs of a program.
    package init(command: [String], pinning: Pinning, divergence: DivergenceHandling, debugger: Debugger?) {
        self.command = command
        self.pinning = pinning
        self.divergence = divergence
        self.debugger = debugger
    }

    /// Runs it.
    ///
    /// - Parameters:
    ///   - schedule: The file of the schedule.
    ///   - directory: Where it records to.
    ///   - task: The path of the task before whose body a debugger stops.
    package func run(
        inOrderOf schedule: String, traceIn folder: String, breakAt task: String?
    ) throws -> ForegroundProgram.Status {
        var variables = try Preload().environment(for: command[0])
        variables["POOLTRACE_REPLAY"] = schedule
        variables["POOLTRACE_DIVERGENCE"] = divergence.rawValue
        variables["POOLTRACE_TRACE"] = folder
        variables["POOLTRACE_BREAK_AT"] = task
        variables = try pinning.environment(over: variables)
        guard let debugger else { return try ForegroundProgram.run(command, environment: variables) }
        let (words, own) = debugger.start(command, variables)
        return try ForegroundProgram.run(words, environment: own)
    }

    /// How much of a schedule came about, in a sentence that is escaped for terminals.
    package static func account(of schedule: Schedule, _ runs: [Run]) -> String {
        guard let run = runs.first(where: { $0.programName == schedule.program.name }) else {
            return
                "the schedule is for \(TerminalText.escape(schedule.program.name)), and no process of this run was that program"
        }
        let known = Set(schedule.tasks.map(\.number))
        let met = run.tasks.entries.count { known.contains($0.number) && $0.isShown }
        let diverged = run.divergences.isEmpty ? "followed to the end" : "not followed everywhere (see above)"
        return "the schedule was \(diverged): \(met) of its \(known.count) tasks ran"
    }
}
