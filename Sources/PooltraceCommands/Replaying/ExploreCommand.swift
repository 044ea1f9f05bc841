internal import ArgumentParser
internal import CommandSystem
internal import Exploration
internal import Glibc
internal import PoolModel

/// `pooltrace explore`: searches for orders of the tasks in which a program fails.
struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Search for orders of the tasks in which a program fails.",
        usage: "pooltrace explore [<options>] -- <command> ...",
        discussion: """
            Runs the program many times, several runs at once. In each run one task runs at a time, and the order is another each time. The \
            strategies: first in, first out; last in, first out; random; a few tasks delayed; random priorities that change \
            (probabilistic concurrency testing). Each strategy finds bugs that the others miss. With random, delays and pct a task may \
            be interrupted at each submission, at each wait, and at each of PoolTrace's locks and conditions, and another task continues.

            A run fails if a task's failure is reported, if the program does not exit with status 0, or if it takes longer than --timeout. Failures \
            are grouped by error type, throw site and submission site. The first failure of each group is run again, its \
            order is written as a schedule, and its report is shown.

            \(ExitTable.explore)

            EXAMPLES:
              pooltrace explore -- ./checker data
              pooltrace explore --budget 5min --dir found -- ./checker data
              pooltrace explore --schedules 1000 --seed 7 -- ./checker data
              pooltrace explore --races -- .build-races/debug/checker data
            """)

    @Option(
        help: ArgumentHelp(
            "Time limit of the search, such as 90s or 5min (default: 60s, or none with --schedules).", valueName: "time"
        ),
        transform: { try Quantity.duration($0, in: .milliseconds(100) ... .seconds(100 * 24 * 3600)) })
    var budget: Duration?

    @Option(
        help: ArgumentHelp("Number of orders to try.", valueName: "number"),
        transform: { try Quantity.number($0, in: 1...Int.max) })
    var schedules: Int?

    @Option(
        help: "Seed for the random strategies; the same seed tries the same orders (default: 1).",
        transform: { try Quantity.number($0) })
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Number of runs at a time (default: the number of processors).", valueName: "number"),
        transform: { try Quantity.number($0, in: 1...1024) })
    var jobs: Int?

    @Flag(help: "Stop at the first failure.")
    var first = false

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "Output format: text, on standard error, or json, on standard output (schema pooltrace.explore, version 1)."
    )
    var format = OutputFormat.text

    func run() async throws {
        try await options.run(named: "explore") { folder, notice in
            let end = budget ?? (schedules == nil ? .seconds(60) : nil)
            let search = Search(
                trials: try options.trials(in: folder), seed: seed, maximumExecutions: schedules ?? .max,
                end: end.map { ContinuousClock.now.advanced(by: $0) },
                jobs: jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), stopsAtFirst: first)
            let progress = Progress(notice)
            let found = try await search.run { progress.show($0) }
            progress.end()
            notice.tell(found, options)
            format.write(ResultDocument(found))
            guard found.failures.isEmpty else { return .own(.tasksFailed) }
            SystemDirectory.remove(folder)
            return ForegroundProgram.interruption.map { .signalled($0) } ?? .own(.success)
        }
    }
}
