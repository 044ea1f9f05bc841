internal import ArgumentParser
internal import Exploration

/// `pooltrace run`: runs a program so that it records what its pools do.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program and record what its pools do.",
        usage: "pooltrace run [<options>] -- <command> ...",
        discussion: """
            The program records into a new directory. When that holds 1 GiB, the oldest events are overwritten. When the program has \
            ended, even by a crash or a signal, pooltrace prints the failures that the program did not report itself, and the command \
            that shows the run.

            Without --dir the directory is below $XDG_STATE_HOME/pooltrace (~/.local/state/pooltrace), named after the program, the \
            time and the process; it stays until you remove it. If the program starts other programs with pools, each gets its own directory.

            With --snapshot-when the program records into memory instead, and the directory gets a trace of its latest events each time that \
            a bound is passed, a failure is reported, or the program crashes.

            \(ExitTable.run)

            EXAMPLES:
              pooltrace run -- ./checker data
              pooltrace run --serial -- ./checker data
              pooltrace run --seed 7 --dir seven -- ./checker data
              pooltrace run --only main.3 -- ./checker data
              pooltrace run --snapshot-when 'run>10s, queue>1000' -- ./server
              pooltrace run --sample -- ./checker data
              pooltrace run --races -- .build-races/debug/checker data
            """)

    @OptionGroup
    var program: ProgramOptions

    @OptionGroup
    var runtime: RuntimeOptions

    @OptionGroup
    var pin: PinOptions

    @OptionGroup
    var races: RacesOptions

    @OptionGroup
    var snapshots: SnapshotOptions

    @OptionGroup
    var sampling: SampleOptions

    @Option(
        name: [.customShort("o"), .customLong("dir")],
        help: ArgumentHelp("Directory to record into: a new or an empty one.", valueName: "directory"),
        completion: .directory)
    var directory: String?

    func validate() throws {
        if snapshots.isOn, program.isSerial || races.isOn {
            throw ValidationError("'--snapshot-when' is for parallel runs: it cannot be used with serial ones")
        }
        // ThreadSanitizer holds signals back.
        if races.isOn, sampling.sample != nil {
            throw ValidationError("'--races' and '--sample' are mutually exclusive")
        }
    }

    func run() async throws {
        ForegroundProgram.holdSignals()
        var program = program
        // Data races are found between tasks that run one at a time.
        let leavesTraits = races.isOn && !program.isSerial
        if races.isOn { program.serial = true }
        try Recording.exit { notice in
            try ProgramError.check(program.command.first ?? "")
            let races = try races.races(for: program.command.first ?? "")
            let taken = try runtime.environment(for: program.command.first ?? "")
            let directory = try TraceDirectory.make(directory, program: ProgramName.of(program.command))
            var environment = program.environment.merging(taken) { $1 }.merging(sampling.environment) { $1 }
            environment["POOLTRACE_TRACE"] = directory
            environment.merge(snapshots.environment(directory: directory)) { $1 }
            // `pooltrace stacks`, and Ctrl-\ on the terminal, then show what it does.
            if environment["POOLTRACE_STACKS"] == nil { environment["POOLTRACE_STACKS"] = "on" }
            if let races { environment = races.environment(over: environment, leavesTraits: leavesTraits) }
            var pinning = program.isSerial ? pin.pinning : pin.pinningInParallel
            pinning.seed = program.seed ?? 0
            environment = try pinning.environment(over: environment)
            let status = try notice.unlessStarted(removing: directory) {
                try ForegroundProgram.run(program.command, environment: environment)
            }
            if pin.pin == true { notice.say(pinning.account(for: program.command.first ?? "")) }
            if snapshots.isOn {
                notice.endOfSnapshots(in: directory, program: ProgramName.of(program.command), status)
                return status
            }
            return notice.end(
                of: status, program: ProgramName.of(program.command), directory: directory, hasRaces: races != nil)
        }
    }
}
