internal import PoolModel
package import PoolSchedule
package import TraceAnalysis

/// Runs a program once in the order of a schedule: in the foreground, in a debugger if one is asked for.
package struct ScheduleReplay {
    private let command: [String]
    private let workers: Int?
    private let pinning: Pinning
    private let races: Races?
    private let divergence: DivergenceHandling
    private let debugger: Debugger?

    /// Makes runs of a program.
    ///
    /// - Parameters:
    ///   - workers: How many workers each pool has, instead of the program's own number.
    ///   - races: What finds data races between its tasks, if that is asked for.
    package init(
        command: [String], workers: Int?, pinning: Pinning, races: Races?, divergence: DivergenceHandling,
        debugger: Debugger?
    ) {
        self.command = command
        self.workers = workers
        self.pinning = pinning
        self.races = races
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
        if let workers { variables["POOLTRACE_WORKERS"] = String(workers) }
        if let races { variables = races.environment(over: variables) }
        variables = try pinning.environment(over: variables)
        guard let debugger else { return try ForegroundProgram.run(command, environment: variables) }
        let (words, own) = debugger.start(command, variables)
        return try ForegroundProgram.run(words, environment: own)
    }

    /// Whether at least one of the tasks of a schedule ran, if it has any.
    package static func matches(_ schedule: Schedule, _ runs: [Run]) -> Bool {
        let tasks = schedule.tasks.filter { !$0.isThread }
        let own = runs.filter { $0.programName == schedule.program.name }
        return tasks.isEmpty || own.contains { run in tasks.contains { ran($0, in: run) } }
    }

    /// Whether a task of a schedule ran: one of its path that was submitted in the same function, by the same name.
    private static func ran(_ task: Schedule.Task, in run: Run) -> Bool {
        guard let entry = run.tasks.position(of: task.number).map({ run.tasks.entries[$0] }), entry.isShown else {
            return false
        }
        let function = run.site(of: entry)?.function
        return (task.name == nil || task.name == run.name(of: entry))
            && (task.site == nil || function == nil || task.site?.function == function)
    }

    /// How much of a schedule came about, in a sentence that is escaped for terminals.
    package static func account(of schedule: Schedule, _ runs: [Run]) -> String {
        guard let run = runs.first(where: { $0.programName == schedule.program.name }) else {
            return
                "the schedule is for \(TerminalText.escape(schedule.program.name)), and no process of this run was that program"
        }
        let tasks = schedule.tasks.filter { !$0.isThread }
        let met = tasks.count { ran($0, in: run) }
        let account = run.divergences.isEmpty ? "the schedule was followed to the end" : "the program left the schedule"
        return "\(account): \(met) of its \(tasks.count) tasks ran"
    }
}
