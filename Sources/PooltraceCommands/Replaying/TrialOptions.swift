internal import ArgumentParser
internal import Exploration
internal import PoolModel

/// What the commands that run a program many times share.
struct TrialOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("dir")],
        help: ArgumentHelp(
            "Directory for schedules, traces and the program's output: a new or an empty one (default: one below ~/.local/state/pooltrace).",
            valueName: "directory"), completion: .directory)
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "Time limit for one run; a run that takes longer counts as a hang and is killed (default: 20s).",
            valueName: "time"
        ),
        transform: { try Quantity.duration($0, in: .milliseconds(50) ... .seconds(24 * 3600)) })
    var timeout = Duration.seconds(20)

    @Option(
        help: "Number of workers in each pool, instead of the program's own.",
        transform: { try Quantity.number($0, in: 1...4096) })
    var workers: Int?

    @OptionGroup var pin: PinOptions

    @OptionGroup var races: RacesOptions

    @Argument(parsing: .postTerminator, help: "The program and its arguments.", completion: .file())
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("expected the program to run, after --") }
    }

    /// A command that runs the program again with the same options: `pooltrace replay --workers 3 FILE -- ./checker`.
    ///
    /// - Parameter file: The path of its schedule, if it takes one.
    func again(_ subcommand: String, _ file: String? = nil) -> String {
        var words = ["pooltrace", subcommand]
        if let workers { words.append("--workers \(workers)") }
        if pin.pin == false { words.append("--no-pin") }
        if races.isOn { words.append("--races") }
        if let file { words.append(TerminalText.escape(ShellWord.quoted(file))) }
        return (words + ["--", TerminalText.escape(ShellWord.commandLine(command))]).joined(separator: " ")
    }

    /// Runs of the program that leave what they did in a directory.
    ///
    /// - Throws: `ExplorationError` if data races are asked for and cannot be found in this program.
    func trials(in folder: String, divergence: DivergenceHandling = .resync) throws -> Trials {
        let races = try races.races(for: command[0])
        let trial = Trial(command: command, limit: timeout, pinning: pin.pinning, workers: workers, races: races)
        return Trials(trial: trial, folder: folder, divergence: divergence)
    }

    /// The frame of the commands that run a program many times: signals wait, a directory is made, which goes again if
    /// nothing was started, and the process exits with the status that `body` comes to.
    ///
    /// - Parameter name: What a directory of the command's own is called after the program; nothing more unless given.
    func run(
        named name: String? = nil, _ body: (String, Recording.Notice) async throws -> ForegroundProgram.Status
    ) async throws -> Never {
        ForegroundProgram.holdSignals()
        try await Recording.exit { notice in
            // Before all that could be wrong with what is to be done to it.
            try ProgramError.check(command[0])
            let program = ProgramName.of(command) + (name.map { "-\($0)" } ?? "")
            let folder = try TraceDirectory.make(directory, program: program)
            return try await notice.unlessStarted(removing: folder) { try await body(folder, notice) }
        }
    }
}
