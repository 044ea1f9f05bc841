internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace diff`: two runs beside each other.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two runs of a program: tasks, order of starts, outcomes and times.",
        usage: "pooltrace diff [<options>] <first> <second>",
        discussion: """
            Two tasks are the same if their paths, names and submitting functions are. A parallel run may be compared with the serial run \
            that `pooltrace replay` makes from it or from a schedule; then times are not compared. Two parallel runs hardly ever start their tasks \
            in the same order, so use --ignore order.

            Run times are compared by name. A name is slower or faster if the Mann-Whitney U test is significant (p < 0.01, with Holm's correction) and the \
            medians differ by at least 10 %; each run needs at least eight tasks of the name. A single run is one noisy sample, so \
            record several runs.

            EXAMPLES:
              pooltrace diff runs/checker-1 runs/checker-2
              pooltrace diff runs/checker-1 runs/checker-2 --ignore order --ignore times
              pooltrace replay --dir serial runs/checker-1 -- ./checker data
              pooltrace diff runs/checker-1 serial
              pooltrace diff before after --format json | jq .times

            \(ExitTable.diff)
            """)

    @Argument(help: "The directory of the first run's trace.", completion: .directory)
    var first: String

    @Argument(help: "The directory of the second run's trace.", completion: .directory)
    var second: String

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Do not compare this aspect: \(RunDifference.Aspect.allCases.map(\.rawValue).joined(separator: ", ")); may be repeated.",
            valueName: "aspect"))
    var ignore: [RunDifference.Aspect] = []

    @Option(help: "Output format: text, or json (schema pooltrace.diff, version 1; times in nanoseconds).")
    var format = OutputFormat.text

    @OptionGroup var damage: DamageOptions

    func run() throws {
        var isDamaged = false
        let left = try run(in: first, &isDamaged)
        let right = try run(in: second, &isDamaged)
        let difference = RunDifference(left, right)
        let ignored = Set(ignore)
        format.write(DifferenceDocument(difference, ignoring: ignored))
        if !difference.aspects.isSubset(of: ignored) { try CommandExit.failure.end() }
        if isDamaged { try CommandExit.damaged.end() }
    }

    /// The run of a trace; of several that with most tasks.
    private func run(in trace: String, _ isDamaged: inout Bool) throws -> Run {
        let reading: RunReader.Reading
        do {
            reading = try RunReader.read(trace, isStrict: damage.strict)
        } catch {
            StandardError.write("\(error)")
            if trace.hasSuffix(".schedule") {
                StandardError.write(
                    "expected a trace, found a schedule; pooltrace replay --dir DIR \(trace) -- COMMAND makes a trace from it"
                )
            }
            throw ExitCode(CommandExit.trouble.rawValue)
        }
        try damage.tell(reading.damage, count: reading.damageCount)
        if !reading.damage.isEmpty { isDamaged = true }
        guard let run = reading.runs.max(by: { $0.tasks.entries.count < $1.tasks.entries.count }) else {
            StandardError.write("\(trace): \(reading.emptiness)")
            throw ExitCode(CommandExit.trouble.rawValue)
        }
        if reading.runs.count > 1 {
            StandardError.write(
                "\(trace): has \(reading.runs.count) processes; comparing \(run.pid.map { "\($0)" } ?? "the one"), which has the most tasks"
            )
        }
        return run
    }
}
