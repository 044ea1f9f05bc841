internal import ArgumentParser
internal import PoolModel

/// A command line with a program to run, but without the `--` before it: whose options are meant cannot be known.
struct MissingSeparator {
    /// What is missing, and the command that was probably meant.
    let message: String

    /// Looks for the place of `--` in a command line that is wrong without it.
    ///
    /// - Parameter arguments: The command line without the command's own name.
    init?(_ arguments: [String]) {
        let commands: [any AsyncParsableCommand.Type] = [
            RunCommand.self, RecordCommand.self, ReplayCommand.self, ExploreCommand.self, MinimizeCommand.self,
            VerifyCommand.self,
        ]
        guard let command = commands.first(where: { $0.configuration.commandName == arguments.first }),
            !arguments.contains("--"), Self.isWrong(arguments)
        else { return nil }
        // The last place at which all before it is the command's own: the program is what follows.
        let meant = (1..<min(arguments.count, 64)).reversed().lazy
            .filter { !arguments[$0].hasPrefix("-") }
            .map { Array(arguments[..<$0] + ["--"] + arguments[$0...]) }
            .first { !Self.isWrong($0) }
        guard let meant else { return nil }
        let name = command.configuration.commandName ?? ""
        message =
            "expected '--' before the program, so that its options are not taken for those of 'pooltrace \(name)'; "
            + "did you mean: pooltrace \(ShellWord.commandLine(meant))"
    }

    /// Whether a command line is no command.
    private static func isWrong(_ arguments: [String]) -> Bool {
        do {
            _ = try PooltraceCommand.parseAsRoot(arguments)
            return false
        } catch {
            return PooltraceCommand.exitCode(for: error) == .validationFailure
        }
    }
}
