import ArgumentParser
import Glibc
import PoolModel
import PoolSchedule
import TraceAnalysis
import TraceViews

/// `pooltrace explore`: searches for orders of the tasks in which a program fails.
struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Search for orders of the tasks in which a program fails.",
        usage: "pooltrace explore [<options>] -- <command> ...",
        discussion: """
            Runs the program again and again, each time on one thread and in another order, on all processors: first in, first out; last \
            in, first out; at random; with a few tasks delayed; by random priorities that change (probabilistic concurrency testing). Each \
            way finds bugs that the others miss.

            A run fails if a task's failure is reported, or the program does not exit with status 0, or takes longer than --timeout. Failures \
            are grouped by what failed, where it was thrown and where the task was submitted; of each group the first is run again, its \
            order left as a schedule, and its report shown.

            EXIT STATUS: 0 if no run failed; 2 if one did; 125 if pooltrace failed, 126 or 127 if the program cannot be run, 64 for wrong \
            usage.

            EXAMPLES:
              pooltrace explore -- ./checker data
              pooltrace explore --budget 300 --dir found -- ./checker data
              pooltrace explore --schedules 1000 --seed 7 -- ./checker data
            """)

    @Option(help: ArgumentHelp("How long to search; 60 unless --schedules says how often.", valueName: "seconds"))
    var budget: Double?

    @Option(help: ArgumentHelp("How many orders to try.", valueName: "number"))
    var schedules: Int?

    @Option(help: "Where the random strategies start; the same seed tries the same orders.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "How many runs at a time; as many as there are processors unless given.", valueName: "number"))
    var jobs: Int?

    @Flag(help: "Stop at the first failure.")
    var first = false

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "How to write what came of it on standard output: json (schema pooltrace.explore, version 1), or text: only on standard error."
    )
    var format = OutputFormat.text

    @Argument(parsing: .postTerminator, help: "The program and its arguments.", completion: .file())
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("expected the program to run, after --") }
        if let budget, !(0.1...1e7 ~= budget) { throw ValidationError("'--budget' must be at least 0.1 seconds") }
        if let schedules, schedules < 1 { throw ValidationError("'--schedules' must be at least 1, not \(schedules)") }
        if let jobs, !(1...1024 ~= jobs) { throw ValidationError("'--jobs' must be from 1 to 1024, not \(jobs)") }
    }

    func run() async throws {
        ForegroundProgram.holdSignals()
        try await Recording.exit { notice in
            let folder = try TraceDirectory.make(options.directory, program: ProgramName.of(command) + "-explore")
            let end = budget ?? (schedules == nil ? 60 : nil)
            let search = Search(
                trials: Trials(trial: options.trial(of: command), folder: folder), seed: seed,
                most: schedules ?? .max, end: end.map { ContinuousClock.now.advanced(by: .seconds($0)) },
                jobs: jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), stopsAtFirst: first)
            let found = try await notice.unlessStarted(removing: folder) { try await search.run(Progress(notice)) }
            tell(found, in: folder, notice)
            if format == .json { write(found) }
            if let signal = ForegroundProgram.interruption, found.failures.isEmpty { return .signalled(signal) }
            return .exited(found.failures.isEmpty ? 0 : CommandExit.tasksFailed.rawValue)
        }
    }

    private func tell(_ found: Search.Found, in folder: String, _ notice: Recording.Notice) {
        let rate = Double(found.executions) / max(found.seconds, 0.001)
        notice.say(
            "\(Counted.text(found.executions, "execution")) in \(Self.text(found.seconds)) s, \(Self.text(rate)) a second: "
                + (found.failures.isEmpty ? "none failed" : Counted.text(found.failures.count, "failure")))
        if !found.recorded {
            notice.warn(
                "the program made no pool, so there was one order only: PoolTrace orders the tasks of its "
                    + "pools, and all async tasks of a program that links PoolTraceRuntime")
        }
        for (number, failure) in found.failures.enumerated() {
            let how = "\(failure.strategy)" + (failure.strategy.takesSeed ? ", seed \(failure.seed)" : "")
            let byStrategy = failure.byStrategy.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            notice.put(
                "\n\(notice.style.bold("failure \(number + 1)")): "
                    + "\(TerminalText.escape(failure.symptom.description))\n"
                    + "in \(failure.hits) of \(Counted.text(found.executions, "execution")) "
                    + "(\(byStrategy.joined(separator: ", "))), first by \(how), in execution \(failure.execution)\n")
            if !failure.isSteady {
                notice.warn(
                    "with the same seed it did not fail again: it does not depend on the order alone; pooltrace verify finds "
                        + "out what differs")
            }
            notice.put(failure.result.report(notice.style))
            if failure.result.run != nil {
                notice.next(
                    schedule: failure.schedule,
                    trace: failure.result.hasReports ? nil : failure.result.prefix + ".trace",
                    again: options.pin.again(command), isFailure: true)
            }
        }
        if found.failures.isEmpty { Trials.removeFolder(folder) }
    }

    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
