public import ArgumentParser

/// The `pooltrace` command: its subcommands, one file each.
public struct PooltraceCommand: AsyncParsableCommand {
    /// What `--help` and `--version` say.
    public static let configuration = CommandConfiguration(
        commandName: "pooltrace",
        abstract: "Make a failure in a pool as easy to debug as one in a plain loop.",
        discussion: """
            Record what a program's pools do, look at the run, and run a failure again, one task at a time:

              pooltrace run --dir runs/checker-1 -- ./checker data
                                                      run, record, print the failures
              pooltrace view runs/checker-1           workers on a timeline, times, reports
              pooltrace failures runs/checker-1       the failure reports alone
              pooltrace stats runs/checker-1          the run in numbers, with lints
              pooltrace tasks runs/checker-1          the tasks, one per line
              pooltrace critical-path runs/checker-1  what bounds the run's time
              pooltrace run --sample --dir runs/checker-2 -- ./checker data
              pooltrace profile runs/checker-2        the hottest functions, and where tasks blocked
              pooltrace diff runs/checker-1 runs/checker-2
              pooltrace events runs/checker-1         every event
              pooltrace run --serial -- ./checker data
              pooltrace build                         build with ThreadSanitizer, for --races
              pooltrace doctor                        check this machine's setup

            Topics:
            \(HelpTopic.list)
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self,
            RecordCommand.self,
            ViewCommand.self,
            FailuresCommand.self,
            StatsCommand.self,
            TasksCommand.self,
            CriticalPathCommand.self,
            ProfileCommand.self,
            DiffCommand.self,
            ExportCommand.self,
            EventsCommand.self,
            SnapshotCommand.self,
            TopCommand.self,
            StacksCommand.self,
            ReplayCommand.self,
            ExploreCommand.self,
            MinimizeCommand.self,
            VerifyCommand.self,
            BuildCommand.self,
            DoctorCommand.self,
        ])

    /// Makes the command; ArgumentParser fills it in.
    public init() {}

    /// Runs the command that the process's arguments name, and exits with its status.
    public static func runAndExit() async -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let topic = HelpTopic(arguments: arguments) {
            StandardOutput.write(topic.text)
        } else if let unknown = UnknownCommand(arguments) {
            StandardError.write(unknown.message)
            exit(withError: ExitCode(CommandExit.usage.rawValue))
        } else if let missing = MissingSeparator(arguments) {
            StandardError.write(missing.message)
            exit(withError: ExitCode(CommandExit.usage.rawValue))
        } else {
            do { try await run(arguments) } catch {
                // The parser explains usage errors; what a command could not do is printed as all other errors are.
                guard exitCode(for: error) == .failure, !(error is ExitCode) else { exit(withError: error) }
                StandardError.write("\(error)")
                exit(withError: ExitCode.failure)
            }
        }
        exit()
    }

    private static func run(_ arguments: [String]) async throws {
        var command = try parseAsRoot(arguments)
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }
}
