internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace diff`: two runs beside each other.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two runs of a program: tasks, order of starts, outcomes, and what became slower.",
        usage: "pooltrace diff [<options>] <first> <second>",
        discussion: """
            Tasks are the same if path, name and the function that submitted them are. A parallel run may be compared with the serial run \
            that `pooltrace replay` makes of it, or of a schedule; their times are not, then. Two parallel runs hardly ever start their tasks \
            in the same order: --ignore order leaves that out.

            Slower or faster is what Mann and Whitney's U test calls so, p < 0.01 with Holm's correction for the number of names, whose \
            medians are 10 % apart; fewer than eight tasks of a name on a side are too few to tell. One run is one sample of a machine's mood: \
            record several.

            EXAMPLES:
              pooltrace diff runs/checker-1 runs/checker-2
              pooltrace diff runs/checker-1 runs/checker-2 --ignore order --ignore times
              pooltrace replay --dir serial runs/checker-1 -- ./checker data; pooltrace diff runs/checker-1 serial
              pooltrace diff before after --format json | jq '.times[] | select(.verdict == "slower")'

            \(ExitTable.diff)
            """)

    @Argument(help: "The folder of the first run's trace.", completion: .directory)
    var first: String

    @Argument(help: "The folder of the second run's trace.", completion: .directory)
    var second: String

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Leave out an aspect: \(RunDifference.Aspect.allCases.map(\.rawValue).joined(separator: ", ")); may be repeated.",
            valueName: "aspect"))
    var ignore: [RunDifference.Aspect] = []

    @Option(help: "How to write it: text, or json (schema pooltrace.diff, version 1; times in nanoseconds).")
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
                    "a schedule is no trace: pooltrace replay --dir DIR \(trace) -- COMMAND runs it and makes one")
            }
            throw ExitCode(CommandExit.trouble.rawValue)
        }
        try damage.tell(reading.damage, count: reading.damageCount)
        if !reading.damage.isEmpty { isDamaged = true }
        guard let run = reading.runs.max(by: { $0.tasks.entries.count < $1.tasks.entries.count }) else {
            StandardError.write("\(trace): holds no event of a pool; `pooltrace events` shows what it holds")
            throw ExitCode(CommandExit.trouble.rawValue)
        }
        if reading.runs.count > 1 {
            StandardError.write(
                "\(trace): holds \(reading.runs.count) processes; comparing \(run.pid.map { "\($0)" } ?? "one"), which has most tasks"
            )
        }
        return run
    }
}
